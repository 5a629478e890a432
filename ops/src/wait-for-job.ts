import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { openKubernetes } from "./kubernetes.ts";

/**
 * Ends when a Job has succeeded: `wait-for-job.ts --job NAME [--seconds 900] [--absent-seconds 60]`.
 *
 * A Job that is absent for long was there before and is gone: a later release removes it, or its time to live does,
 * while pods of the release that made it may still be made anew. They go on.
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

const pauseMs = 1_000;
const tellMs = 15_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

type Outcome = "succeeded" | "absent" | { waitsFor: string };

/** What has become of the Job; throws when it has failed for good. */
async function look(kubernetes: ReturnType<typeof openKubernetes>, name: string): Promise<Outcome> {
  const { status, body } = await kubernetes.get("apis/batch/v1", `jobs/${name}`);
  if (status === 404) return "absent";
  if (status !== 200) return { waitsFor: `the Kubernetes API, which answers ${status} to who asks for job ${name}` };
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
  for (let told = ""; ; ) {
    const outcome = await look(kubernetes, name).catch(unreachable);
    if (outcome === "succeeded") return say(`job ${name} has succeeded`);
    absentSince = outcome === "absent" ? (absentSince ?? Date.now()) : undefined;
    if (absentSince !== undefined && Date.now() - absentSince >= absentSeconds * 1_000) {
      return say(`job ${name} is gone since it was made: going on without it`);
    }
    const waitsFor = outcome === "absent" ? `job ${name}, which is not there` : outcome.waitsFor;
    if (after(seconds)) throw new Error(`waited ${seconds} s in vain for ${waitsFor}`);
    told = tell(waitsFor, told, started);
    await pause(pauseMs);
  }
}

/** Says what is waited for when that has changed, and now and then. */
function tell(waitsFor: string, told: string, started: number): string {
  const line = `${waitsFor}#${Math.floor((Date.now() - started) / tellMs)}`;
  if (line !== told) say(`waiting for ${waitsFor}`);
  return line;
}

/** The API server may be away for a moment; that a Job has failed is no such thing. */
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
