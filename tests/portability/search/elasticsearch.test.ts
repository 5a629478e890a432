import { rm } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { searchSuite } from "./suite.ts";

// Time for a download, and for the suite: each of its writes waits up to a second for the refresh.
const timeoutMs = 600_000;
t.setTimeout(timeoutMs);
t.comment(`timeout=${timeoutMs}`);

const empty = (instance: string) => rm(join(instance, "elasticsearch", "data"), { recursive: true });

await t.test("search in Elasticsearch", (t) =>
  searchSuite(t, { name: "elasticsearch", server: "elasticsearch", empty }),
);
