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
  /** Everything the node writes is in here; a node started on the same folder again has its indices. */
  folder: string;
  port: number;
  log: string;
  /** It ends when its stdin does. */
  holdsStdin?: boolean;
}

/** How to start one node on 127.0.0.1 without security; what it runs on is fetched the first time. */
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

/** True when every primary shard of the node is there. */
export function hasItsShards(url: string): Promise<boolean> {
  return answersOk(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`);
}
