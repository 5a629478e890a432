import { join, resolve } from "node:path";
import { type Alone, startAlone } from "../../src/process/alone.ts";
import { answersMetadata } from "./answers.ts";
import { kafkaProcess } from "./process.ts";
import type { KafkaLogin } from "./settings.ts";

export interface KafkaSettings extends KafkaLogin {
  /** The node writes only to this folder. A later node with the same folder has its topics. */
  dataDir: string;
  /** The port for clients. */
  port: number;
  controllerPort: number;
  /** Receives messages about long steps. */
  log(line: string): void;
}

export type RunningKafka = Alone & { brokers: string };

/** Starts one real node on 127.0.0.1. Resolves when it accepts messages from authenticated clients. */
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
