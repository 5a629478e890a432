import type { Cluster, Report } from "./part.ts";

/** Two of every service. The embedded search is one process with one file: for two, the index is Elasticsearch's. */
export const twoOfEach = ["search=elasticsearch", "services.catalog.replicas=2"];

/** The release with nothing in it that is there only once, but servers for development. */
export async function robust(cluster: Cluster, { note }: Report): Promise<void> {
  note(`two of every service, search by Elasticsearch: ready after ${await cluster.helm(...twoOfEach)} s`);
}
