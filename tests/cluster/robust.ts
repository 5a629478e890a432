import { eventually } from "../support/eventually.ts";
import type { Cluster, Report } from "./part.ts";
import { sql } from "./sql.ts";

/** Two pods of each service. Two pods of catalog need Elasticsearch, because the embedded search supports only one. */
export const twoOfEach = ["search=elasticsearch", "services.catalog.replicas=2"];

/** Installs the release without single points of failure, except the development servers. */
export async function robust(cluster: Cluster, { note }: Report): Promise<void> {
  note(`two pods of each service, search on Elasticsearch: ready after ${await cluster.helm(...twoOfEach)} s`);
  // During a rebuild of the index, searches may see new writes late.
  const settled = "select count(*) from search_indexes where state = 'live'";
  const others = "select count(*) from search_indexes where state <> 'live'";
  const query = `select (${settled}) = 1 and (${others}) = 0`;
  const alone = async () => (await sql(cluster.kubectl, "catalog", query)) === "t";
  await eventually("a single search index", alone, 120_000);
}
