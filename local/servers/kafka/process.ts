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
  /** The node writes only to this folder. A later node with the same folder has its topics. */
  folder: string;
  ports: KafkaPorts;
  log: string;
  /** The node stops when its stdin closes. */
  holdsStdin?: boolean;
}

const logging = fileURLToPath(new URL("log4j2.properties", import.meta.url));
// Any constant of 16 bytes. A node rejects a data folder with another cluster id.
const clusterId = Buffer.from("sidecart-local-1").toString("base64url");

/** The process specification of one node on 127.0.0.1. Prepares its folder, and downloads the jars once. */
export async function kafkaProcess(place: KafkaPlace, listeners: Listeners): Promise<ProcessSpec> {
  const { folder, ports, log, holdsStdin = false } = place;
  const { java, jars } = await installKafka(listeners);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, "data");
  const properties = join(folder, "server.properties");
  // The password is in the file, because the command line is visible to other users.
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
