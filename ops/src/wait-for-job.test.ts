import t, { type Test } from "tap";
import { kubernetesApi } from "../../tests/support/kubernetes.ts";
import { program } from "../../tests/support/program.ts";

const condition = (type: string, message?: string) => ({
  status: { conditions: [{ type, status: "True", ...(message && { message }) }] },
});

/** Runs the program against an API with these responses; the last one repeats. */
async function waitFor(t: Test, responses: { status: number; body?: object }[], args: string[] = []) {
  const left = [...responses];
  const { env, asked } = await kubernetesApi(t, () => (left.length > 1 ? left.shift() : left[0]) ?? { status: 500 });
  const result = await program("ops/src/wait-for-job.ts", ["--job", "sidecart-set-up-3", ...args], env);
  return { ...result, asked };
}

t.test("the program exits when the job has succeeded, and logs what it waits for", async (t) => {
  const running = { status: { active: 1, failed: 2 } };
  const { code, output, asked } = await waitFor(t, [
    { status: 404 },
    { status: 200, body: { status: {} } },
    { status: 200, body: running },
    { status: 200, body: condition("Complete") },
  ]);
  t.equal(code, 0, output);
  t.match(output, "waiting for job sidecart-set-up-3, which does not exist yet");
  t.match(output, "waiting for job sidecart-set-up-3 (1 active, 2 failed so far)");
  t.match(output, "job sidecart-set-up-3 has succeeded");
  t.equal(asked[0]?.path, "/apis/batch/v1/namespaces/shop/jobs/sidecart-set-up-3");
});

t.test("the program fails with the reason when the job has finally failed", async (t) => {
  const body = condition("Failed", "Job has reached the specified backoff limit");
  const { code, output } = await waitFor(t, [{ status: 200, body }]);
  t.equal(code, 1);
  t.match(
    output,
    /wait-for-job: job sidecart-set-up-3 failed: Job has reached the specified backoff limit; kubectl logs/,
  );
});

t.test("the program waits for a job that does not exist yet, but not for a removed one", async (t) => {
  const gone = await waitFor(t, [{ status: 404 }], ["--absent-seconds", "1"]);
  t.match(gone, { code: 0, output: /no longer exists/ });
  const late = await waitFor(t, [{ status: 404 }, { status: 404 }, { status: 200, body: condition("Complete") }]);
  t.match(late, { code: 0, output: /has succeeded/ });
});

t.test("the program retries until the timeout while the API returns an error", async (t) => {
  const { code, output } = await waitFor(t, [{ status: 403 }], ["--seconds", "1"]);
  t.equal(code, 1);
  t.match(output, /timed out after 1 s: waiting for the Kubernetes API, which returns status 403/);
});

t.test("without a name or outside a pod the program says what is missing", async (t) => {
  t.match(await program("ops/src/wait-for-job.ts", [], {}), { code: 1, output: /--job NAME is missing/ });
  const outside = await program("ops/src/wait-for-job.ts", ["--job", "x"], {});
  t.match(outside, { code: 1, output: /KUBERNETES_SERVICE_HOST: this program runs in a pod/ });
});
