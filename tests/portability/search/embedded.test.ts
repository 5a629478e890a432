import { glob, rm } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { searchSuite } from "./suite.ts";

t.setTimeout(180_000);

async function empty(instance: string): Promise<void> {
  for await (const file of glob("search.db*", { cwd: instance })) await rm(join(instance, file));
}

await t.test("search in the embedded engine", (t) =>
  searchSuite(t, { name: "embedded", server: "embedded-search", empty }),
);
