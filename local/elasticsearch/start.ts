import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { installElasticsearch } from "./install.ts";
import { findJava } from "./java.ts";

export type ElasticsearchSettings = {
  /** Everything the node writes is in here; a node started on the same folder again has its indices. */
  dataDir: string;
  httpPort: number;
  /** Progress, and what the node says. */
  log(line: string): void;
};

export type RunningElasticsearch = { url: string; pid: number; stop(): Promise<void> };

const startTimeoutMs = 90_000;
const stopTimeoutMs = 30_000;
const pollMs = 100;

/** Starts one real node on 127.0.0.1 without security, and resolves when it answers requests. */
export async function startElasticsearch({
  dataDir,
  httpPort,
  log,
}: ElasticsearchSettings): Promise<RunningElasticsearch> {
  const java = await findJava(log);
  const home = await installElasticsearch(java, log);
  const data = resolve(dataDir);
  for (const folder of ["config", "tmp"]) await mkdir(join(data, folder), { recursive: true });

  const child = spawn(java, javaArguments(home, data, httpPort), { stdio: ["pipe", "pipe", "pipe"] });
  // The node stops at the end of its stdin, so that it never outlives us.
  child.stdin.on("error", () => {});
  const lastLines: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on("line", (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      log(line);
    });
  }
  const exited = once(child, "exit");
  const url = `http://127.0.0.1:${httpPort}`;
  const stop = () => stopNode(child, exited);
  const gaveUp = new AbortController();
  try {
    await Promise.race([
      answering(url, AbortSignal.any([gaveUp.signal, AbortSignal.timeout(startTimeoutMs)])),
      exited.then(([code]) => Promise.reject(new Error(`exited with code ${code}: ${lastLines.join("\n")}`))),
    ]);
  } catch (error) {
    gaveUp.abort();
    await stop();
    throw new Error("Elasticsearch did not start", { cause: error });
  }
  return { url, pid: child.pid ?? 0, stop };
}

function javaArguments(home: string, data: string, httpPort: number): string[] {
  const classPath = [join(home, "classes"), join(home, "lib", "*")].join(delimiter);
  return [
    "-Xms512m",
    "-Xmx512m",
    `-Djava.io.tmpdir=${join(data, "tmp")}`,
    "--enable-native-access=ALL-UNNAMED",
    "-cp",
    classPath,
    "ElasticsearchNode",
    home,
    data,
    String(httpPort),
  ];
}

/** Asks for the cluster's health until every primary shard is there. */
async function answering(url: string, deadline: AbortSignal): Promise<void> {
  const question = `${url}/_cluster/health?wait_for_status=yellow&timeout=30s`;
  for (;;) {
    const response = await fetch(question, { signal: deadline }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await delay(pollMs, undefined, { signal: deadline });
  }
}

async function stopNode(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const force = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  child.stdin?.end();
  await exited.catch(() => undefined);
  clearTimeout(force);
}
