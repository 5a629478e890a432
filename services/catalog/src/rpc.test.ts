import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { rpc } from "./rpc.ts";

t.test("one response has at most a hundred products, which fit into a sidecar's limit", async (t) => {
  const products = { byIds: async () => [], newest: async () => [] };
  const [catalog] = rpc({ products } as unknown as Parameters<typeof rpc>[0]);
  const call = async (method: string, request: object): Promise<void> => {
    await catalog?.handlers[method]?.(request as never, background(1_000));
  };
  const ids = (count: number) => Array.from({ length: count }, newId);
  await t.resolves(call("getProducts", { ids: ids(100) }));
  await t.rejects(call("getProducts", { ids: ids(101) }), { code: "BAD_INPUT" });
  await t.resolves(call("listProducts", { first: 100, after: "" }));
  await t.rejects(call("listProducts", { first: 101, after: "" }), { code: "BAD_INPUT" });
});
