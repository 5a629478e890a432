import { EventEmitter } from "node:events";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import type { FastifyReply, FastifyRequest } from "fastify";
import t from "tap";
import { ResponseDependencies } from "../cache/response-dependencies.ts";
import { RequestCall } from "./request-call.ts";

const options = { timeoutMs: 1_000, countLogin: async () => {} };
const callFor = (request: object, raw: EventEmitter) =>
  new RequestCall(request as FastifyRequest, { raw } as unknown as FastifyReply, options);
const call = (authorization?: string, raw = new EventEmitter()) => callFor({ headers: { authorization } }, raw);

t.test("a request's token is passed on unchanged, if gRPC can carry it", async (t) => {
  t.equal(call("Bearer abc").authorization(), "Bearer abc");
  t.equal(call("Bearer abc").forService().authorization, "Bearer abc");
  for (const text of [undefined, "", "Bearer ž", "Bearer a\n"]) t.equal(call(text).authorization(), undefined);
});

t.test("the scheme is case-insensitive, and services get it in one form", async (t) => {
  for (const scheme of ["bearer ", "BEARER ", "bEaReR  ", "Bearer   "]) {
    t.equal(call(`${scheme}abc`).authorization(), "Bearer abc", scheme);
  }
  for (const other of ["Basic abc", "bearerabc", "token abc"]) t.equal(call(other).authorization(), other);
});

t.test("all calls for one request share its deadline and its signal", async (t) => {
  const raw = new EventEmitter();
  const one = call("Bearer abc", raw);
  t.equal(one.forService(), one.forService());
  t.equal(raw.listenerCount("close"), 1);
});

t.test("a client that disconnects before it has the whole response aborts its calls", async (t) => {
  for (const [writableFinished, aborted] of [
    [false, true],
    [true, false],
  ] as const) {
    const raw = Object.assign(new EventEmitter(), { writableFinished });
    const { signal } = call("", raw).forService();
    t.notOk(signal.aborted);
    raw.emit("close");
    t.equal(signal.aborted, aborted);
  }
  const closed = Object.assign(new EventEmitter(), { closed: true });
  t.ok(call("", closed).forService().signal.aborted, "also for a client that disconnected earlier");
});

t.test("reading the token or the context for a service makes the response uncacheable", async (t) => {
  for (const take of [undefined, "authorization", "forService"] as const) {
    const responseDependencies = new ResponseDependencies("key");
    const taking = callFor({ headers: {}, responseDependencies }, new EventEmitter());
    taking.dependencies?.add({ isCurrent: () => true, bytes: () => 0 });
    if (take) taking[take]();
    t.equal(responseDependencies.isCacheable, take === undefined, take ?? "neither");
  }
});

t.test("a finished request is freed by the next garbage collection of young objects", async (t) => {
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
