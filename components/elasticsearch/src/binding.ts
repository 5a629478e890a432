import { searchBinding } from "@sidecart/search/binding";
import { createClient } from "./client.ts";
import { ElasticsearchEngine } from "./engine.ts";
import { optionsSchema } from "./options.ts";

/** Init does not wait for the cluster: calls fail with UNAVAILABLE until the cluster is reachable. */
export const elasticsearch = searchBinding({
  name: "elasticsearch",
  options: optionsSchema,
  open: async (options) => new ElasticsearchEngine(await createClient(options), options),
});
