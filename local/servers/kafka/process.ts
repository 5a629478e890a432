import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Listeners } from "../../src/parts/os-package.ts";
import { inheritedEnvironment } from "../../src/process/environment.ts";
import type { ProcessSpec } from "../../src/process/managed-process.ts";
import { runCommand } from "../../src/process/run-command.ts";
import { javaTools } from "../java/compile.ts";
import { endingWithStdin, type JavaProgram, javaCommand } from "../java/program.ts";
import { installKafka } from "./install.ts";
import { type KafkaLogin, type KafkaPorts, serverProperties } from "./settings.ts";

export interface KafkaPlace extends KafkaLogin {
  /** Everything the node writes is in here; a node started on the same folder again has its topics. */
  folder: string;
  ports: KafkaPorts;
  log: string;
  /** It ends when its stdin does. */
  holdsStdin?: boolean;
}

const logging = fileURLToPath(new URL("log4j2.properties", import.meta.url));
// Any 16 bytes: a node refuses the data of another cluster.
const clusterId = Buffer.from("sidecart-local-1").toString("base64url");

/** How to start one node on 127.0.0.1, on a folder that is made ready here; its jars are fetched the first time. */
export async function kafkaProcess(place: KafkaPlace, listeners: Listeners): Promise<ProcessSpec> {
  const { folder, ports, log, holdsStdin = false } = place;
  const { java, jars } = await installKafka(listeners);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, "data");
  const properties = join(folder, "server.properties");
  // The password stays off the command line.
  await writeFile(properties, serverProperties(data, ports, place), { mode: 0o600 });
  const program = (main: string, args: string[]): JavaProgram => ({
    java,
    heapMb: [128, 384],
    options: [`-Dlog4j2.configurationFile=${logging}`],
    classPath: [join(jars, "*")],
    main,
    args,
  });
  const env = inheritedEnvironment();
  if (!existsSync(join(data, "meta.properties"))) {
    const format = program("kafka.tools.StorageTool", ["format", "--cluster-id", clusterId, "--config", properties]);
    const { command, args } = javaCommand(format);
    await runCommand(command, args, { cwd: folder, env, signal: listeners.signal });
  }
  const server = program("kafka.Kafka", [properties]);
  const started = holdsStdin ? endingWithStdin(server, await javaTools(java, listeners)) : server;
  return { name: "kafka", ...javaCommand(started), cwd: folder, env, log, holdsStdin };
}
