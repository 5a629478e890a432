import { parseArgs } from "node:util";
import pRetry from "p-retry";
import { type Component, readComponents } from "./component.ts";
import { help } from "./main.help.mjs";
import { Problem, reasonOf } from "./problem.ts";
import { openSecrets } from "./secrets.ts";
import type { Options } from "./step.ts";
import { steps } from "./steps.ts";

const retryDelayMs = 1_000;

const write = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      component: { type: "string", multiple: true, default: [] },
      secrets: { type: "string" },
      replicas: { type: "string" },
      partitions: { type: "string" },
      "retention-hours": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    write(help());
    return;
  }
  if (values.component.length === 0) throw new Problem("setup", "nothing to set up", "give --component, or see --help");
  if (!values.secrets) throw new Problem("setup", "--secrets is missing", "give --secrets, or see --help");
  const options: Options = {
    replicas: number("--replicas", values.replicas),
    partitions: number("--partitions", values.partitions),
    retentionHours: number("--retention-hours", values["retention-hours"]),
  };
  const secrets = await openSecrets(values.secrets);
  const found = await Promise.all(values.component.map((file) => readComponents(file, secrets)));
  for (const [place, { length }] of found.entries()) {
    if (length === 0) write(`${values.component[place]} declares no component: skipped`);
  }
  const until =
    Date.now() + 1_000 * (number("SIDECART_WAIT_SECONDS", process.env.SIDECART_WAIT_SECONDS || undefined) ?? 0);
  for (const component of found.flat()) await retryUntil(until, () => setUp(component, options));
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Problem("setup", `${name} ${text} is not a whole number above 0`, "see --help");
}

/** Retries while a server is not available yet. Other errors are thrown at once. */
function retryUntil(until: number, work: () => Promise<void>): Promise<void> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: retryDelayMs,
    factor: 1,
    shouldRetry({ error, attemptNumber }) {
      if (!(error instanceof Problem && error.transient) || Date.now() + retryDelayMs > until) return false;
      if (attemptNumber === 1) write(`${error.message}; waiting for it`);
      return true;
    },
  });
}

async function setUp(component: Component, options: Options): Promise<void> {
  const step = steps[component.type];
  if (!step) {
    if (!component.type) throw new Problem(component.name, "spec.type is missing", "set it in the component's YAML");
    write(`${component.name}: ${component.type} needs no set-up`);
    return;
  }
  try {
    await step(component, options, (line) => write(`${component.name}: ${line}`));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(component.name, reasonOf(error), `compare the server of ${component.type} with the YAML`);
  }
  write(`${component.name}: ready`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
