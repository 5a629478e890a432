import { rm } from "node:fs/promises";
import { join } from "node:path";
import { allowDownload } from "@sidecart/local/java/patience";
import t from "tap";
import { searchSuite } from "./suite.ts";

allowDownload(t);

const empty = (instance: string) => rm(join(instance, "elasticsearch", "data"), { recursive: true });

await t.test("search in Elasticsearch", (t) =>
  searchSuite(t, { name: "elasticsearch", server: "elasticsearch", empty }),
);
