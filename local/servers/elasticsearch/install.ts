import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder } from "../../src/parts/cached-folder.ts";
import type { Listeners } from "../../src/parts/os-package.ts";
import { hashOfFiles, javaTools } from "../java/compile.ts";
import { fetchJars } from "../java/maven.ts";
import { findJava } from "../java/runtime.ts";

const oldestJava = 21;

const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
const launcher = fileURLToPath(new URL("ElasticsearchNode.java", import.meta.url));
const thisFile = fileURLToPath(import.meta.url);
const transport = "transport-netty4";

/** Returns a Java runtime and Elasticsearch's home with its jars and our launcher. Downloads and compiles them once. */
export async function installElasticsearch(listeners: Listeners): Promise<{ java: string; home: string }> {
  const java = await findJava(oldestJava, listeners);
  const name = `elasticsearch-${await hashOfFiles([pom, launcher, thisFile])}`;
  const fill = async (home: string) => {
    const tools = await javaTools(java, listeners);
    listeners.note("downloading Elasticsearch from Maven (45 MB, once)");
    await fetchJars(pom, join(home, "lib"), listeners);
    await moveTransport(home);
    const jars = (await readdir(join(home, "lib"))).map((jar) => join(home, "lib", jar));
    await tools.compile(launcher, oldestJava, jars, join(home, "classes"));
  };
  return { java, home: await cachedFolder({ name, title: "Elasticsearch", fill }, listeners.note) };
}

/** Elasticsearch loads its HTTP layer as a module, from a folder with a descriptor outside the class path. */
async function moveTransport(home: string): Promise<void> {
  const module = join(home, "modules", transport);
  await mkdir(module, { recursive: true });
  const jars = await readdir(join(home, "lib"));
  for (const jar of jars.filter((name) => name.startsWith("netty-") || name.startsWith(transport))) {
    await rename(join(home, "lib", jar), join(module, jar));
  }
  // No module name, because on a class path there is no server module to read.
  const descriptor = [
    `name=${transport}`,
    "description=Netty 4 transport",
    `version=${version(jars)}`,
    `elasticsearch.version=${version(jars)}`,
    "java.version=21",
    "classname=org.elasticsearch.transport.netty4.Netty4Plugin",
  ];
  await writeFile(join(module, "plugin-descriptor.properties"), `${descriptor.join("\n")}\n`);
}

function version(jars: string[]): string {
  const found = jars.map((jar) => /^elasticsearch-(\d+\.\d+\.\d+)\.jar$/.exec(jar)?.[1]).find(Boolean);
  if (!found) throw new Error("Maven downloaded no Elasticsearch jar");
  return found;
}
