import { chmod, copyFile, cp, mkdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { installElasticsearch } from "@sidecart/local/servers/elasticsearch/install";

/** Writes Elasticsearch from Maven, our launcher and a Java runtime. */
export async function fillElasticsearch(folder: string, say: (line: string) => void): Promise<void> {
  const { java, home } = await installElasticsearch({ note: say, signal: undefined });
  await cp(home, join(folder, "usr/share/elasticsearch"), { recursive: true });
  await mkdir(join(folder, "usr/share/elasticsearch/data"));
  await cp(dirname(dirname(await realpath(java))), join(folder, "opt/java"), { recursive: true });
  await mkdir(join(folder, "usr/local/bin"), { recursive: true });
  const start = join(folder, "usr/local/bin/start-elasticsearch");
  await copyFile(join(import.meta.dirname, "start-elasticsearch"), start);
  await chmod(start, 0o755);
}
