import { parseArgs } from "node:util";
import pRetry from "p-retry";
import { type Component, readComponents } from "./component.ts";
import { help } from "./main.help.mjs";
import { Problem, reasonOf } from "./problem.ts";
import { openSecrets } from "./secrets.ts";
import type { Options } from "./step.ts";
import { steps } from "./steps.ts";

const askAgainMs = 1_000;

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
  if (!values.secrets) throw new Problem("setup", "no secrets were named", "give --secrets, or see --help");
  const options: Options = {
    replicas: number("--replicas", values.replicas),
    partitions: number("--partitions", values.partitions),
    retentionHours: number("--retention-hours", values["retention-hours"]),
  };
  const secrets = await openSecrets(values.secrets);
  const found = await Promise.all(values.component.map((file) => readComponents(file, secrets)));
  for (const [place, { length }] of found.entries()) {
    if (length === 0) write(`${values.component[place]} declares no component: passed over`);
  }
  const until =
    Date.now() + 1_000 * (number("SIDECART_WAIT_SECONDS", process.env.SIDECART_WAIT_SECONDS || undefined) ?? 0);
  for (const component of found.flat()) await patiently(until, () => setUp(component, options));
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Problem("setup", `${name} ${text} is not a whole number above 0`, "see --help");
}

/** Retries while a server is not there yet; whatever else is wrong is said at once. */
function patiently(until: number, work: () => Promise<void>): Promise<void> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: askAgainMs,
    factor: 1,
    shouldRetry({ error, attemptNumber }) {
      if (!(error instanceof Problem && error.passing) || Date.now() + askAgainMs > until) return false;
      if (attemptNumber === 1) write(`${error.message}; waiting for it`);
      return true;
    },
  });
}

async function setUp(component: Component, options: Options): Promise<void> {
  const step = steps[component.type];
  if (!step) {
    if (!component.type) throw new Problem(component.name, "it has no type", "write spec.type into its YAML");
    write(`${component.name}: nothing is made or checked for ${component.type}`);
    return;
  }
  try {
    await step(component, options, (line) => write(`${component.name}: ${line}`));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(component.name, reasonOf(error), `see whether ${component.type} is as its YAML says`);
  }
  write(`${component.name}: ready`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
