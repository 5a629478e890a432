import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Listeners } from "../../src/parts/os-package.ts";
import { inheritedEnvironment } from "../../src/process/environment.ts";
import type { ProcessSpec } from "../../src/process/managed-process.ts";
import { answersOk } from "../../src/process/readiness.ts";
import { javaTools } from "../java/compile.ts";
import { endingWithStdin, type JavaProgram, javaCommand } from "../java/program.ts";
import { installElasticsearch } from "./install.ts";

export interface ElasticsearchPlace {
  /** The node writes only to this folder. A later node with the same folder has its indices. */
  folder: string;
  port: number;
  log: string;
  /** The node stops when its stdin closes. */
  holdsStdin?: boolean;
}

/** The process specification of one node on 127.0.0.1 without security. Downloads its dependencies once. */
export async function elasticsearchProcess(place: ElasticsearchPlace, listeners: Listeners): Promise<ProcessSpec> {
  const { folder, port, log, holdsStdin = false } = place;
  const { java, home } = await installElasticsearch(listeners);
  for (const name of ["config", "tmp"]) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  const program: JavaProgram = {
    java,
    heapMb: [512, 512],
    options: [`-Djava.io.tmpdir=${join(folder, "tmp")}`, "--enable-native-access=ALL-UNNAMED"],
    classPath: [join(home, "classes"), join(home, "lib", "*")],
    main: "ElasticsearchNode",
    args: [home, folder, String(port)],
  };
  const started = holdsStdin ? endingWithStdin(program, await javaTools(java, listeners)) : program;
  const env = inheritedEnvironment();
  return { name: "elasticsearch", ...javaCommand(started), cwd: folder, env, log, holdsStdin };
}

/** True when every primary shard of the node is active. */
export function hasItsShards(url: string): Promise<boolean> {
  return answersOk(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`);
}
