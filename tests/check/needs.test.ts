import { existsSync, globSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import t from "tap";
import { allNeeds, byImport, byPath, needsOf } from "../needs.ts";
import { root } from "./tool.ts";

const files = globSync("**/*.test.ts", {
  cwd: root,
  exclude: (name) => /node_modules|^components\/generate\/template/.test(name),
});
const needs = (file: string, env = {}) => [...needsOf(file, env)].sort();

t.test("a test of rules needs no server, a test of a store only its sidecar", async (t) => {
  t.same(needs("services/orders/src/order.test.ts"), []);
  t.same(needs("gateway/src/graphql/query-limits.test.ts"), []);
  t.same(needs("services/orders/src/order-store.test.ts"), ["dapr", "redis"]);
  t.same(needs("gateway/src/http/rate-counts.test.ts"), ["redis"]);
});

t.test("a test of a server needs only that server", async (t) => {
  t.same(needs("components/setup/test/kafka.test.ts"), ["kafka"]);
  t.same(needs("components/elasticsearch/test/conformance.test.ts"), ["elasticsearch"]);
  t.same(needs("tests/chart/values.test.ts"), ["helm"]);
});

t.test("a test also needs the server that the environment chooses", async (t) => {
  const walk = "tests/e2e/walk-through.test.ts";
  t.same(needs(walk), ["dapr", "redis"]);
  t.same(needs(walk, { SIDECART_TEST_BROKER: "rabbitmq", SIDECART_TEST_MEDIA: "s3" }), [
    "dapr",
    "rabbitmq",
    "redis",
    "s3",
  ]);
  t.same(needs("services/orders/src/order.test.ts", { SIDECART_TEST_BROKER: "kafka" }), []);
});

t.test("all tests together need all servers", async (t) => {
  t.same([...new Set(files.flatMap((file) => needs(file)))].sort(), [...allNeeds].sort());
});

t.test("every module and folder in the declaration exists", async (t) => {
  for (const module of Object.keys(byImport)) t.ok(existsSync(join(root, module)), module);
  for (const [pattern] of byPath)
    t.ok(
      files.some((file) => matchesGlob(file, pattern)),
      pattern,
    );
});
