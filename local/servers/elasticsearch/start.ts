import { join, resolve } from "node:path";
import { type Alone, startAlone } from "../../src/process/alone.ts";
import { elasticsearchProcess, hasItsShards } from "./process.ts";

export interface ElasticsearchSettings {
  /** Everything the node writes is in here; a node started on the same folder again has its indices. */
  dataDir: string;
  httpPort: number;
  /** Is told what takes long. */
  log(line: string): void;
}

export type RunningElasticsearch = Alone & { url: string };

/** Starts one real node on 127.0.0.1 without security, and resolves when it answers requests. */
export async function startElasticsearch(settings: ElasticsearchSettings): Promise<RunningElasticsearch> {
  const { dataDir, httpPort, log: note } = settings;
  const folder = resolve(dataDir);
  const place = { folder, port: httpPort, log: join(folder, "node.log"), holdsStdin: true };
  const spec = await elasticsearchProcess(place, { note, signal: undefined });
  const url = `http://127.0.0.1:${httpPort}`;
  return { url, ...(await startAlone(spec, () => hasItsShards(url))) };
}
