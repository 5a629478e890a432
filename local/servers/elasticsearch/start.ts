import { join, resolve } from "node:path";
import { type Alone, startAlone } from "../../src/process/alone.ts";
import { elasticsearchProcess, hasItsShards } from "./process.ts";

export interface ElasticsearchSettings {
  /** The node writes only to this folder. A later node with the same folder has its indices. */
  dataDir: string;
  httpPort: number;
  /** Receives messages about long steps. */
  log(line: string): void;
}

export type RunningElasticsearch = Alone & { url: string };

/** Starts one real node on 127.0.0.1 without security. Resolves when it is ready. */
export async function startElasticsearch(settings: ElasticsearchSettings): Promise<RunningElasticsearch> {
  const { dataDir, httpPort, log: note } = settings;
  const folder = resolve(dataDir);
  const place = { folder, port: httpPort, log: join(folder, "node.log"), holdsStdin: true };
  const spec = await elasticsearchProcess(place, { note, signal: undefined });
  const url = `http://127.0.0.1:${httpPort}`;
  return { url, ...(await startAlone(spec, () => hasItsShards(url))) };
}
