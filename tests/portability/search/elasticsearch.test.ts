import { rm } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { searchSuite } from "./suite.ts";

// A download, and then every test of the contract waits for searches to see its writes, which is up to a second each.
const timeoutMs = 600_000;
t.setTimeout(timeoutMs);
t.comment(`timeout=${timeoutMs}`);

const empty = (instance: string) => rm(join(instance, "elasticsearch", "data"), { recursive: true });

await t.test("search in Elasticsearch", (t) =>
  searchSuite(t, { name: "elasticsearch", server: "elasticsearch", empty }),
);
