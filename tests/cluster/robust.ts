import { eventually } from "../support/eventually.ts";
import type { Cluster, Report } from "./part.ts";
import { sql } from "./sql.ts";

/** Two of every service. The embedded search is one process with one file: for two, the index is Elasticsearch's. */
export const twoOfEach = ["search=elasticsearch", "services.catalog.replicas=2"];

/** The release with nothing in it that is there only once, but servers for development. */
export async function robust(cluster: Cluster, { note }: Report): Promise<void> {
  note(`two of every service, search by Elasticsearch: ready after ${await cluster.helm(...twoOfEach)} s`);
  // While an index is being built beside, what was just written may be seen late.
  const settled = "select count(*) from search_indexes where state = 'live'";
  const others = "select count(*) from search_indexes where state <> 'live'";
  const query = `select (${settled}) = 1 and (${others}) = 0`;
  const alone = async () => (await sql(cluster.kubectl, "catalog", query)) === "t";
  await eventually("one search index, and no other", alone, 120_000);
}
