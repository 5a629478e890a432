import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder } from "../../src/parts/cached-folder.ts";
import type { Listeners } from "../../src/parts/os-package.ts";
import { hashOfFiles } from "../java/compile.ts";
import { fetchJars } from "../java/maven.ts";
import { findJava } from "../java/runtime.ts";

const oldestJava = 17;

const pom = fileURLToPath(new URL("pom.xml", import.meta.url));

/** Returns a Java runtime and the folder of Kafka's jars. Downloads them once. */
export async function installKafka(listeners: Listeners): Promise<{ java: string; jars: string }> {
  const java = await findJava(oldestJava, listeners);
  const fill = async (folder: string) => {
    listeners.note("downloading Kafka from Maven (43 MB, once)");
    await fetchJars(pom, join(folder, "lib"), listeners);
  };
  const folder = await cachedFolder(
    { name: `kafka-${await hashOfFiles([pom])}`, title: "Kafka", fill },
    listeners.note,
  );
  return { java, jars: join(folder, "lib") };
}
