import { parseArgs } from "node:util";
import pRetry from "p-retry";
import { z } from "zod";
import { failureText } from "./failure.ts";
import { type Kubernetes, openKubernetes } from "./kubernetes.ts";

/**
 * Exits when a Job has succeeded: `wait-for-job.ts --job NAME [--seconds 900] [--absent-seconds 60]`.
 *
 * When the Job stays absent, a later release or its time to live has removed it. Pods of an earlier release may still be
 * recreated then, and they continue without it.
 */
const options = z.object({
  job: z.string({ error: "--job NAME is missing" }).regex(/^[a-z0-9][a-z0-9.-]{0,62}$/),
  seconds: z.coerce.number().int().min(1).default(900),
  "absent-seconds": z.coerce.number().int().min(0).default(60),
});
const job = z.object({
  status: z.object({
    active: z.number().optional(),
    failed: z.number().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).optional(),
  }),
});

const retryDelayMs = 1_000;
const logEveryMs = 15_000;
const log = (line: string) => void process.stdout.write(`${line}\n`);

/** Not finished yet. The message says what the program waits for. */
class Waiting extends Error {}

/** Reads the state of the Job. Throws `Waiting` while it runs, and another error when it has finally failed. */
async function readState(kubernetes: Kubernetes, name: string): Promise<"succeeded" | "absent"> {
  const { status, body } = await kubernetes.get("apis/batch/v1", `jobs/${name}`).catch(unreachable);
  if (status === 404) return "absent";
  if (status !== 200) throw new Waiting(`the Kubernetes API, which returns status ${status} for job ${name}`);
  const { conditions = [], active = 0, failed = 0 } = job.parse(body).status;
  const holds = (type: string) => conditions.find((one) => one.type === type && one.status === "True");
  if (holds("Complete")) return "succeeded";
  const failure = holds("Failed");
  if (failure)
    throw new Error(
      `job ${name} failed: ${failure.message ?? "see its log"}; kubectl logs job/${name} --all-containers`,
    );
  throw new Waiting(`job ${name} (${active} active, ${failed} failed so far)`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { job: { type: "string" }, seconds: { type: "string" }, "absent-seconds": { type: "string" } },
  });
  const { job: name, seconds, "absent-seconds": absentSeconds } = options.parse(values);
  const kubernetes = openKubernetes();
  const started = Date.now();
  let absentSince: number | undefined;
  let logged = "";
  const check = async () => {
    const before = absentSince;
    absentSince = undefined;
    if ((await readState(kubernetes, name)) === "succeeded") return `job ${name} has succeeded`;
    absentSince = before ?? Date.now();
    if (Date.now() - absentSince >= absentSeconds * 1_000) return `job ${name} no longer exists: continuing without it`;
    throw new Waiting(`job ${name}, which does not exist yet`);
  };
  const outcome = await pRetry(check, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: retryDelayMs,
    factor: 1,
    shouldRetry({ error }) {
      if (!(error instanceof Waiting)) return false;
      if (Date.now() - started >= seconds * 1_000)
        throw new Error(`timed out after ${seconds} s: waiting for ${error.message}`);
      logged = logWaiting(error.message, logged, started);
      return true;
    },
  });
  log(outcome);
}

/** Logs what the program waits for, after each change and every `logEveryMs`. */
function logWaiting(waitsFor: string, logged: string, started: number): string {
  const line = `${waitsFor}#${Math.floor((Date.now() - started) / logEveryMs)}`;
  if (line !== logged) log(`waiting for ${waitsFor}`);
  return line;
}

/** Network errors of the API server are temporary. Rethrows other errors. */
function unreachable(error: unknown): never {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  throw new Waiting(`the Kubernetes API: ${error.message || error.code}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`wait-for-job: ${failureText(error)}\n`);
  process.exitCode = 1;
}
