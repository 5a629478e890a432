import { join, resolve } from "node:path";
import { type Alone, startAlone } from "../../src/process/alone.ts";
import { answersMetadata } from "./answers.ts";
import { kafkaProcess } from "./process.ts";
import type { KafkaLogin } from "./settings.ts";

export interface KafkaSettings extends KafkaLogin {
  /** Everything the node writes is in here; a node started on the same folder again has its topics. */
  dataDir: string;
  /** Where clients connect. */
  port: number;
  controllerPort: number;
  /** Is told what takes long. */
  log(line: string): void;
}

export type RunningKafka = Alone & { brokers: string };

/** Starts one real node on 127.0.0.1 and resolves when it takes messages from who logs in. */
export async function startKafka(settings: KafkaSettings): Promise<RunningKafka> {
  const { dataDir, port, controllerPort, username, password, log: note } = settings;
  const folder = resolve(dataDir);
  const login = { username, password };
  const ports = { client: port, controller: controllerPort };
  const place = { folder, ports, ...login, log: join(folder, "node.log"), holdsStdin: true };
  const spec = await kafkaProcess(place, { note, signal: undefined });
  const brokers = `127.0.0.1:${port}`;
  return { brokers, ...(await startAlone(spec, () => answersMetadata([brokers], login))) };
}
