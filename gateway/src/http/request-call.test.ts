import { EventEmitter } from "node:events";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import type { FastifyReply, FastifyRequest } from "fastify";
import t from "tap";
import { Made } from "./cache/made.ts";
import { RequestCall } from "./context.ts";

const call = (authorization?: string, raw = new EventEmitter()) =>
  new RequestCall({ headers: { authorization } } as FastifyRequest, { raw } as unknown as FastifyReply, 1_000);

t.test("a request's token goes along as it came, if gRPC can carry it", async (t) => {
  t.equal(call("Bearer abc").authorization, "Bearer abc");
  for (const text of [undefined, "", "Bearer ž", "Bearer a\n"]) t.equal(call(text).authorization, undefined);
});

t.test("who goes away before the answer is whole ends the call, and nobody else", async (t) => {
  for (const [writableFinished, aborted] of [
    [false, true],
    [true, false],
  ] as const) {
    const raw = Object.assign(new EventEmitter(), { writableFinished });
    const { signal } = call("", raw);
    t.notOk(signal.aborted);
    raw.emit("close");
    t.equal(signal.aborted, aborted);
  }
  t.ok(call("", Object.assign(new EventEmitter(), { closed: true })).signal.aborted, "and so does who had gone before");
});

t.test("who looks at anything of a request makes its answer one that is not kept", async (t) => {
  for (const look of [undefined, "deadline", "authorization", "signal"] as const) {
    const made = new Made("question");
    const request = { headers: {}, made } as unknown as FastifyRequest;
    const asking = new RequestCall(request, { raw: new EventEmitter() } as unknown as FastifyReply, 1_000);
    asking.made?.from({ stands: () => true, bytes: () => 0 });
    if (look) asking[look];
    t.equal(made.mayBeKept, look === undefined, look ?? "nothing");
  }
});

t.test("a request is forgotten by the next collection of young objects", async (t) => {
  v8.setFlagsFromString("--expose-gc");
  const collect: (options?: { type: "minor" }) => void = runInNewContext("gc");
  const [rounds, perRound, bytes] = [20, 5_000, 800];
  const kept = () => {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < rounds; round += 1) {
      for (let place = 0; place < perRound; place += 1) {
        call("a token", Object.assign(new EventEmitter(), { kept: new Array(bytes / 8).fill(place) }));
      }
      collect({ type: "minor" });
    }
    collect({ type: "minor" });
    return (process.memoryUsage().heapUsed - before) / (rounds * perRound * bytes);
  };
  kept(); // until it runs compiled
  const share = kept();
  t.ok(share < 0.1, `${Math.round(share * 100)} % is left`);
});
