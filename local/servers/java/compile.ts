import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder } from "../../src/parts/cached-folder.ts";
import type { Listeners } from "../../src/parts/os-package.ts";
import { runCommand } from "../../src/process/run-command.ts";
import { fetchJars } from "./maven.ts";

const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
const endsWithStdin = fileURLToPath(new URL("EndsWithStdin.java", import.meta.url));
const thisFile = fileURLToPath(import.meta.url);

/** Tools for our Java programs. */
export interface JavaTools {
  /** The class path with EndsWithStdin. */
  classes: string;
  /** Compiles `source` for Java `release` and writes the class files to `target`. */
  compile(source: string, release: number, classPath: readonly string[], target: string): Promise<void>;
}

export async function javaTools(java: string, listeners: Listeners): Promise<JavaTools> {
  const name = `java-tools-${await hashOfFiles([pom, endsWithStdin, thisFile])}`;
  const fill = async (folder: string) => {
    listeners.note("downloading a Java compiler from Maven (3 MB, once)");
    await mkdir(join(folder, "compiler"));
    await fetchJars(pom, join(folder, "compiler"), listeners);
    await compileWith(java, folder, endsWithStdin, ["-17", "-d", join(folder, "classes")]);
  };
  const folder = await cachedFolder({ name, title: "the Java compiler", fill }, listeners.note);
  return {
    classes: join(folder, "classes"),
    compile: (source, release, classPath, target) =>
      compileWith(java, folder, source, [`-${release}`, "-cp", classPath.join(delimiter), "-d", target]),
  };
}

async function compileWith(java: string, folder: string, source: string, options: readonly string[]): Promise<void> {
  const [jar = ""] = await readdir(join(folder, "compiler"));
  await runCommand(java, ["-jar", join(folder, "compiler", jar), "-nowarn", ...options, source]);
}

/** A hash of the files that determine the content of a cache folder, for its name. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}
