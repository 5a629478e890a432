import { create } from "@bufbuild/protobuf";
import { background, type CallContext } from "@sidecart/platform/rpc";
import { OrderSchema } from "@sidecart/proto/orders/v1/orders";
import fc from "fast-check";
import t from "tap";
import { createOrderCache } from "./cache.ts";
import { type ApiOrder, toOrder } from "./model.ts";

const people = ["ann", "bob", "admin"] as const;
const ids = ["a", "b", "c"] as const;
type Person = (typeof people)[number];

/** Orders that change their owner, and a record of each version that the source has shown to each person. */
function startOrders() {
  const orders = new Map(ids.map((id, place) => [id, { id, accountId: people[place % 2] as Person, version: 1 }]));
  const shown = new Set<string>();
  const showTo = (person: string, order: ApiOrder) => {
    shown.add(`${person} ${order.id} ${order.version}`);
    return order;
  };
  const all = () => [...orders.values()].map((order) => toOrder(create(OrderSchema, order)));
  const source = {
    async order(id: string, { authorization: person = "" }: CallContext) {
      const order = all().find((one) => one.id === id && (person === "admin" || one.userId === person));
      return order ? showTo(person, order) : null;
    },
    orders: async (_: object, { authorization: person = "" }: CallContext) => ({
      nodes: all()
        .filter(({ userId }) => userId === person)
        .map((order) => showTo(person, order)),
      next: "",
    }),
  };
  const caller = async ({ authorization: accountId = "" }: Pick<CallContext, "authorization">) => ({
    accountId,
    sessionId: accountId,
    roles: [accountId === "admin" ? ("admin" as const) : ("customer" as const)],
  });
  const verifier = { caller };
  const cache = createOrderCache({ source, verifier, maxAgeMs: 60_000, timeoutMs: 1_000 });
  return { orders, shown, cache };
}

const id = fc.constantFrom(...ids);
const person = fc.constantFrom(...people);
const step = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), id, person }),
  fc.record({ kind: fc.constant("list" as const), person }),
  /** `told`: whose lists the invalidation names; undefined when it does not arrive. */
  fc.record({ kind: fc.constant("give" as const), id, to: person, told: fc.option(person, { nil: undefined }) }),
);

t.test("a viewer gets only orders, in only those versions, that the service has shown to that viewer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
      const { orders, shown, cache } = startOrders();
      for (const one of steps) {
        if (one.kind === "give") {
          const version = (orders.get(one.id)?.version ?? 0) + 1;
          orders.set(one.id, { id: one.id, accountId: one.to, version });
          if (one.told) cache.apply({ id: one.id, owner: one.told, version, inPlace: false });
          continue;
        }
        const forService = () => ({ ...background(1_000), authorization: one.person });
        const call = { authorization: () => one.person, forService };
        const found = one.kind === "list" ? (await cache.orders({}, call)).nodes : [await cache.order(one.id, call)];
        for (const order of found) {
          if (order && !shown.has(`${one.person} ${order.id} ${order.version}`)) return false;
        }
      }
      return true;
    }),
    { numRuns: 500 },
  );
});
