import { create } from "@bufbuild/protobuf";
import { AppError, type CallContext, commonErrors } from "@sidecart/platform/rpc";
import { OrderSchema } from "@sidecart/proto/orders/v1/orders";
import t, { type Test } from "tap";
import { createOrderCache } from "./cache.ts";
import { toOrder } from "./model.ts";

const ann = "ann";
const bob = "bob";
const from = (person: string) => ({
  authorization: () => person,
  forService: (): never => {
    throw new Error("not used");
  },
});

/** A cache whose entries expire at once, above a service with one order of ann's, which can be down. */
function shop() {
  const row = toOrder(create(OrderSchema, { id: "a", accountId: ann, version: 1 }));
  const state: { failure?: Error } = {};
  const respond = async <T>(value: T): Promise<T> => {
    if (state.failure) throw state.failure;
    return value;
  };
  const source = {
    order: (_id: string, { authorization }: CallContext) => respond(authorization === ann ? row : null),
    orders: (_page: object, { authorization }: CallContext) =>
      respond({ nodes: authorization === ann ? [row] : [], next: "" }),
  };
  const caller = async ({ authorization: accountId = "" }: Pick<CallContext, "authorization">) => ({
    accountId,
    sessionId: accountId,
    roles: ["customer" as const],
  });
  const verifier = { caller };
  return { state, cache: createOrderCache({ source, verifier, maxAgeMs: 1, timeoutMs: 1_000 }) };
}

/** Waits until entries of a cache with a lifetime of one millisecond have expired. */
async function expire(t: Test) {
  const now = performance.now();
  while (performance.now() - now < 3) await new Promise(setImmediate);
  t.pass("expired");
}

t.test(
  "while a service does not respond, the viewer gets the expired order and list; others get the error",
  async (t) => {
    for (const kind of [commonErrors.unavailable, commonErrors.timeout]) {
      const { state, cache } = shop();
      t.equal((await cache.order("a", from(ann)))?.id, "a");
      t.equal((await cache.orders({}, from(ann))).nodes.length, 1);
      await expire(t);
      state.failure = new AppError(kind);
      t.equal((await cache.order("a", from(ann)))?.id, "a");
      t.equal((await cache.orders({}, from(ann))).nodes[0]?.id, "a");
      await t.rejects(cache.order("a", from(bob)), { code: kind.code });
      await t.rejects(cache.orders({}, from(bob)), { code: kind.code });
      await t.rejects(cache.orders({ first: 3 }, from(ann)), { code: kind.code }, "a page that nobody has read");
    }
  },
);

t.test("a change during the outage removes the expired order", async (t) => {
  const { state, cache } = shop();
  await cache.order("a", from(ann));
  await cache.orders({}, from(ann));
  await expire(t);
  state.failure = new AppError(commonErrors.unavailable);
  cache.apply({ id: "a", owner: ann, version: 2, inPlace: false });
  await t.rejects(cache.order("a", from(ann)), { code: "UNAVAILABLE" });
  await t.rejects(cache.orders({}, from(ann)), { code: "UNAVAILABLE" });
});

t.test("a refusal is passed on, whatever is in memory", async (t) => {
  const { state, cache } = shop();
  await cache.order("a", from(ann));
  await expire(t);
  state.failure = new AppError(commonErrors.forbidden);
  await t.rejects(cache.order("a", from(ann)), { code: "FORBIDDEN" });
});
