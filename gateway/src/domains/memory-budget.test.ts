import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ProductSchema } from "@sidecart/proto/catalog/v1/catalog";
import { OrderSchema } from "@sidecart/proto/orders/v1/orders";
import t from "tap";
import { createEntries } from "../cache/entries.ts";
import { budgetOf, bytesOfEntry } from "../cache/memory-budget.ts";
import { createPages } from "../cache/pages.ts";
import { createResponseCache } from "../cache/response-cache.ts";
import { ResponseDependencies } from "../cache/response-dependencies.ts";
import { createVisibility } from "../cache/visibility.ts";
import { bytesOfProduct } from "./catalog/cache.ts";
import { toProduct } from "./catalog/model.ts";
import { bytesOfOrder } from "./orders/cache.ts";
import { toOrder } from "./orders/model.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const heapUsed = async () => {
  for (const _ of [1, 2, 3]) {
    await turn();
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
};
const maxBytes = 3_000_000;
const many = maxBytes / bytesOfEntry;
/** Arrays on the heap are allocated larger than their contents. */
const allowance = 1.1;

/** As received from the network: no two texts share memory. */
const newId = () => Buffer.from(randomUUID()).toString();
const product = (extra: MessageInitShape<typeof ProductSchema> = {}) => {
  const texts = { name: "A thing", description: "It is good", currency: "EUR", category: "books" };
  const ids = { id: randomUUID(), partnerId: randomUUID(), createdAt: new Date().toISOString() };
  const made = create(ProductSchema, { ...texts, ...ids, price: 1_000n, ...extra });
  return toProduct(fromBinary(ProductSchema, toBinary(ProductSchema, made)));
};
const order = (lines: number, name = "A thing") => {
  const line = () => ({ productId: randomUUID(), quantity: 1, price: 100n, name });
  const texts = { status: "PENDING_PAYMENT", paymentStatus: "PENDING", currency: "EUR", username: "somebody" };
  const ids = { id: randomUUID(), accountId: randomUUID(), createdAt: new Date().toISOString() };
  const made = create(OrderSchema, { ...texts, ...ids, lines: Array.from({ length: lines }, line) });
  return toOrder(fromBinary(OrderSchema, toBinary(OrderSchema, made)));
};
const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at} ${randomUUID()}`, "x".repeat(200)]));

/** The heap that entries take when more are cached than fit into the budget. */
async function taken<Row extends { id: string }>(bytesOf: (row: Row) => number, make: () => Row): Promise<number> {
  const options = { name: "rows", maxBytes, maxAgeMs: 60_000, bytesOf, cachesMissing: true };
  const entries = createEntries<Row>({ ...options, amend: () => undefined });
  const before = await heapUsed();
  let bytes = 0;
  while (bytes < 2 * maxBytes) {
    const row = make();
    bytes += bytesOf(row);
    entries.setAll([row], [], entries.startFetch());
  }
  const bytesTaken = (await heapUsed()) - before;
  entries.startFetch();
  return bytesTaken;
}

const shapes = {
  "small products": () => taken(bytesOfProduct, () => product()),
  "products with pictures": () => taken(bytesOfProduct, () => product({ imageUrl: "x".repeat(8_000) })),
  "products with long descriptions": () => taken(bytesOfProduct, () => product({ description: "ž".repeat(5_000) })),
  "products with many attributes": () => taken(bytesOfProduct, () => product({ attributes: attributes(30) })),
  "orders with one line": () => taken(bytesOfOrder, () => order(1)),
  "orders with a hundred lines": () => taken(bytesOfOrder, () => order(100)),
  "orders with long names": () => taken(bytesOfOrder, () => order(100, "ž".repeat(200))),
};

for (const [what, take] of Object.entries(shapes)) {
  t.test(`${what} stay within the budget`, async (t) => {
    await take();
    const bytes = await take();
    t.ok(bytes < allowance * maxBytes, `${bytes} of ${maxBytes}`);
    t.ok(bytes > maxBytes / 3, `${bytes} of ${maxBytes}: not much less either`);
  });
}

t.test("ids that do not exist stay within the budget", async (t) => {
  const take = async () => {
    const options = { name: "rows", maxBytes, maxAgeMs: 60_000, bytesOf: bytesOfProduct, cachesMissing: true };
    const entries = createEntries<ReturnType<typeof product>>({ ...options, amend: () => undefined });
    const before = await heapUsed();
    for (let count = 0; count < 2 * many; count += 1) {
      const id = newId();
      await entries.fetch(id, id, async () => null);
    }
    const bytes = (await heapUsed()) - before;
    entries.startFetch();
    return bytes;
  };
  await take();
  const bytes = await take();
  t.ok(bytes < allowance * maxBytes, `${bytes} of ${maxBytes}`);
});

t.test("pages stay within the budget and keep no evicted row in memory", async (t) => {
  for (const [pagesOf, count] of [
    [0, 5_000],
    [20, 2_000],
    [1_000, 60],
  ] as const) {
    const options = { name: "rows", maxBytes: 100_000, maxAgeMs: 60_000, bytesOf: bytesOfProduct, cachesMissing: true };
    const entries = createEntries<ReturnType<typeof product>>({ ...options, amend: () => undefined });
    const pages = createPages({ entries, maxBytes, maxAgeMs: 60_000, touches: () => true });
    const fetchPage = async () => {
      const { id: _, ...row } = product();
      return { nodes: Array.from({ length: pagesOf }, () => ({ id: newId(), ...row })), next: newId() };
    };
    const fetchRow = async () => null;
    const before = await heapUsed();
    for (let at = 0; at < count; at += 1) {
      const request = { owner: newId(), page: "20 undefined", caller: "" };
      await pages.rows(request, fetchPage, fetchRow);
      await pages.rows(request, fetchPage, fetchRow);
    }
    const bytes = (await heapUsed()) - before;
    t.ok(bytes < allowance * maxBytes, `of ${pagesOf}: ${bytes} of ${maxBytes}`);
    pages.deleteOf("");
  }
});

t.test("visibility stays within its budget", async (t) => {
  const take = async () => {
    const visibility = createVisibility(maxBytes, 60_000);
    const before = await heapUsed();
    for (let count = 0; count < 2 * many; count += 1) {
      const [id, account] = [newId(), newId()];
      visibility.show(`${account} customer`, [{ id, version: 1 }], { position: 0, startMs: performance.now() });
    }
    const bytes = (await heapUsed()) - before;
    t.ok(visibility.isVisible("", { id: "", version: 1 }) === false);
    return bytes;
  };
  await take();
  const bytes = await take();
  t.ok(bytes < allowance * maxBytes, `${bytes} of ${maxBytes}`);
});

t.test("responses and their dependencies stay within the budget, however short the responses are", async (t) => {
  for (const [rows, count] of [
    [1, 20_000],
    [1_000, 60],
  ] as const) {
    const before = await heapUsed();
    const responses = createResponseCache(maxBytes, 60_000);
    for (let at = 0; at < count; at += 1) {
      const parts = Array.from({ length: rows }, () => product());
      const dependencies = new ResponseDependencies(newId());
      const bytes = () => parts.reduce((sum, part) => sum + bytesOfProduct(part), 0);
      dependencies.add({ isCurrent: () => parts.length > 0, bytes });
      responses.set(dependencies, "{}", () => {});
    }
    const bytes = (await heapUsed()) - before;
    t.ok(bytes < allowance * maxBytes, `of ${rows}: ${bytes} of ${maxBytes}`);
    responses.get("");
  }
});

t.test("a budget is a share of the heap limit of the process, up to a maximum", async (t) => {
  t.equal(budgetOf(0.2, 1_000_000), 200_000);
  t.equal(budgetOf(0.2, 64e9), 300_000_000);
});
