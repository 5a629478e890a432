import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startElasticsearch } from "./start.ts";

// `node local/elasticsearch/main.ts --port 9200 --data .sidecart/elasticsearch`: one node until Ctrl-C.
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "9200" },
    data: { type: "string", default: ".sidecart/elasticsearch" },
  },
});

const log = (line: string) => void process.stderr.write(`${line}\n`);

try {
  const node = await startElasticsearch({ dataDir: resolve(values.data), httpPort: Number(values.port), log });
  log(`Elasticsearch answers at ${node.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => node.stop());
} catch (error) {
  const { message, cause } = error as Error;
  log(cause instanceof Error ? `${message}: ${cause.message}` : message);
  process.exitCode = 1;
}
