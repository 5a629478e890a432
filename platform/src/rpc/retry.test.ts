import { status } from "@grpc/grpc-js";
import t from "tap";
import { background } from "./call.ts";
import { untilReached } from "./retry.ts";

const failure = (code: status, details: string) => Object.assign(new Error(details), { code, details });

/** A call that fails with this error at first, and how often it was made. */
async function madeAgain(error: Error, repeatable = false): Promise<number> {
  let calls = 0;
  await untilReached(background(2_000), repeatable, async () => {
    calls += 1;
    if (calls === 1) throw error;
  });
  return calls;
}

t.test("a call that reached nobody is retried", async (t) => {
  const words: [status, string][] = [
    [status.UNAVAILABLE, "No connection established. Last error: connect ECONNREFUSED"],
    [status.UNAVAILABLE, 'connection error: desc = "transport: Error while dialing: dial tcp: no route to host"'],
    [status.UNKNOWN, "no host found with the given ID"],
    [status.UNKNOWN, "failed to look up addresses: database is locked"],
    // as seen in a cluster while the catalog service had no ready pod
    [
      status.UNKNOWN,
      "failed to resolve address for 'catalog-dapr.shop.svc.cluster.local': lookup catalog-dapr.shop.svc.cluster.local on 10.96.0.10:53: no such host",
    ],
  ];
  for (const [code, details] of words) t.equal(await madeAgain(failure(code, details)), 2, details);
});

t.test("a call that may have arrived is not retried", async (t) => {
  for (const error of [
    failure(status.UNAVAILABLE, "connection reset"),
    failure(status.INTERNAL, "Error while dialing"),
  ]) {
    await t.rejects(madeAgain(error), error);
  }
});

t.test("a call that may have arrived is retried when it has no side effects or has an idempotency key", async (t) => {
  const ended = ["error reading from server: EOF", "closing transport due to: connection error"];
  for (const details of ended) t.equal(await madeAgain(failure(status.UNAVAILABLE, details), true), 2, details);
  t.equal(await madeAgain(failure(status.CANCELLED, "grpc: the client connection is closing"), true), 2);
  for (const code of [status.INTERNAL, status.ABORTED, status.DEADLINE_EXCEEDED]) {
    const answered = failure(code, "a response");
    await t.rejects(madeAgain(answered, true), answered, "an error returned by the service is not retried");
  }
});

t.test("a call that its caller has cancelled is not retried", async (t) => {
  const abort = new AbortController();
  const calling = untilReached(background(2_000, abort.signal), true, async () => {
    abort.abort();
    throw failure(status.CANCELLED, "Cancelled on client");
  });
  await t.rejects(calling, { code: status.CANCELLED });
});

t.test("when nobody is reached in time the caller gets UNAVAILABLE, without the cause", async (t) => {
  const away = failure(status.UNKNOWN, "failed to resolve address for 'catalog-dapr.shop.svc.cluster.local'");
  const calling = untilReached(background(200), false, async () => {
    throw away;
  });
  await t.rejects(calling, { code: "UNAVAILABLE", cause: away });
});
