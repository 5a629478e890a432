import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { apps } from "../apps.ts";
import { type Choices, type Kind, namesOf } from "../backends/choices.ts";
import { StartError } from "../start-error.ts";
import { refuseSwallowed } from "./swallowed-options.ts";

export interface CliOptions extends Choices {
  instance: string;
  port: number;
  verbose: boolean;
  reset: boolean;
  seed: boolean;
  help: boolean;
  replicas: Record<string, number>;
  resources: string[];
}

const highestPort = 65_535;

/** Reads the command line; refuses a wrong argument in one line. */
export function parseCliOptions(args: readonly string[]): CliOptions {
  const { values } = parse(args);
  return {
    instance: values.instance,
    port: portOf(values.port),
    verbose: values.verbose,
    reset: values.reset,
    seed: values.seed,
    help: values.help,
    resources: (values.resources ?? []).map(folderOf),
    replicas: Object.fromEntries((values.replicas ?? []).map(replicasOf)),
    broker: oneOf("broker", values.broker),
    state: oneOf("state", values.state),
    search: oneOf("search", values.search),
    media: oneOf("media", values.media),
  };
}

const words = {
  instance: { type: "string", default: "default" },
  port: { type: "string", default: "8080" },
  verbose: { type: "boolean", default: false },
  reset: { type: "boolean", default: false },
  seed: { type: "boolean", default: true },
  replicas: { type: "string", multiple: true },
  resources: { type: "string", multiple: true },
  broker: { type: "string" },
  state: { type: "string" },
  search: { type: "string" },
  media: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

function parse(args: readonly string[]) {
  refuseSwallowed(Object.keys(words), args);
  try {
    return parseArgs({ args: [...args], allowNegative: true, options: words });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split(". ");
    throw new StartError(`${reason} (npm start -- --help)`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= highestPort) return port;
  throw new StartError(`--port ${text}: not a port, use 0 to ${highestPort}`);
}

function folderOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return resolve(path);
  throw new StartError(
    `--resources ${path}: ${found ? "this is not a folder: give the folder that contains it" : "there is no such folder"}`,
  );
}

function replicasOf(text: string): [string, number] {
  const [, id = "", count = ""] = text.match(/^([a-z-]+)=([1-9])$/) ?? [];
  if (apps.some((app) => app.id === id)) return [id, Number(count)];
  throw new StartError(`--replicas ${text}: use APP=N with N from 1 to 9, of ${apps.map((app) => app.id).join(", ")}`);
}

function oneOf<K extends Kind>(kind: K, text?: string): Choices[K] {
  const names = namesOf(kind);
  const chosen = text === undefined ? names[0] : names.find((name) => name === text);
  if (chosen) return chosen;
  throw new StartError(`--${kind} ${text}: choose ${names.join(" or ")}`);
}
