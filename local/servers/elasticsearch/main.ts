import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runAlone } from "../../src/process/alone.ts";
import { startElasticsearch } from "./start.ts";

// `node local/servers/elasticsearch/main.ts --port 9200 --data .sidecart/elasticsearch` runs one node until Ctrl-C.
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "9200" },
    data: { type: "string", default: ".sidecart/elasticsearch" },
  },
});

await runAlone(
  (log) => startElasticsearch({ dataDir: resolve(values.data), httpPort: Number(values.port), log }),
  ({ url }) => `Elasticsearch listens at ${url}`,
);
