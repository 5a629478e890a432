import { rm } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { searchSuite } from "./suite.ts";

// Includes a download. Every test of the contract waits up to a second until searches see its writes.
const timeoutMs = 600_000;
t.setTimeout(timeoutMs);
t.comment(`timeout=${timeoutMs}`);

const empty = (instance: string) => rm(join(instance, "elasticsearch", "data"), { recursive: true });

await t.test("search in Elasticsearch", (t) =>
  searchSuite(t, { name: "elasticsearch", server: "elasticsearch", empty }),
);
