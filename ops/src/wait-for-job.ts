import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { openKubernetes } from "./kubernetes.ts";

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

type Outcome = "succeeded" | "absent" | { waitsFor: string };

/** Reads the state of the Job; throws when it has finally failed. */
async function readState(kubernetes: ReturnType<typeof openKubernetes>, name: string): Promise<Outcome> {
  const { status, body } = await kubernetes.get("apis/batch/v1", `jobs/${name}`);
  if (status === 404) return "absent";
  if (status !== 200) return { waitsFor: `the Kubernetes API, which returns status ${status} for job ${name}` };
  const { conditions = [], active = 0, failed = 0 } = job.parse(body).status;
  const holds = (type: string) => conditions.find((one) => one.type === type && one.status === "True");
  if (holds("Complete")) return "succeeded";
  const failure = holds("Failed");
  if (failure)
    throw new Error(
      `job ${name} failed: ${failure.message ?? "see its log"}; kubectl logs job/${name} --all-containers`,
    );
  return { waitsFor: `job ${name} (${active} active, ${failed} failed so far)` };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { job: { type: "string" }, seconds: { type: "string" }, "absent-seconds": { type: "string" } },
  });
  const { job: name, seconds, "absent-seconds": absentSeconds } = options.parse(values);
  const kubernetes = openKubernetes();
  const started = Date.now();
  const after = (wait: number) => Date.now() - started >= wait * 1_000;
  let absentSince: number | undefined;
  for (let logged = ""; ; ) {
    const outcome = await readState(kubernetes, name).catch(unreachable);
    if (outcome === "succeeded") return log(`job ${name} has succeeded`);
    absentSince = outcome === "absent" ? (absentSince ?? Date.now()) : undefined;
    if (absentSince !== undefined && Date.now() - absentSince >= absentSeconds * 1_000) {
      return log(`job ${name} no longer exists: continuing without it`);
    }
    const waitsFor = outcome === "absent" ? `job ${name}, which does not exist yet` : outcome.waitsFor;
    if (after(seconds)) throw new Error(`timed out after ${seconds} s: waiting for ${waitsFor}`);
    logged = logWaiting(waitsFor, logged, started);
    await pause(retryDelayMs);
  }
}

/** Logs what the program waits for, after each change and every `logEveryMs`. */
function logWaiting(waitsFor: string, logged: string, started: number): string {
  const line = `${waitsFor}#${Math.floor((Date.now() - started) / logEveryMs)}`;
  if (line !== logged) log(`waiting for ${waitsFor}`);
  return line;
}

/** Network errors of the API server are temporary. Rethrows other errors, such as a failed Job. */
function unreachable(error: unknown): Outcome {
  if (!(error instanceof Error) || !("code" in error)) throw error;
  return { waitsFor: `the Kubernetes API: ${error.message || error.code}` };
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `wait-for-job: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}\n`,
  );
  process.exitCode = 1;
}
