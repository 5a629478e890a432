import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class CommandFailed extends Error {}

/** Runs a program. Returns its output, or throws an error with its error output. */
export function command(program: string, args: string[], input?: string, timeoutMs = 600_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: timeoutMs };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error)
        reject(new CommandFailed(`${program} ${args.slice(0, 4).join(" ")}: ${stderr || stdout || error.message}`));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}

/** Starts a program and passes each line of its output to `onLine`. `ended` resolves with its exit code. */
export function lines(program: string, args: string[], onLine: (line: string) => void) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { ended, stop: () => void child.kill("SIGTERM") };
}

export type Thing = {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; deletionTimestamp?: string; [key: string]: unknown };
  // biome-ignore lint/suspicious/noExplicitAny: any object of Kubernetes
  [key: string]: any;
};

/** kubectl in one namespace. */
export function kubectl(namespace: string) {
  const run = (...args: string[]) => command("kubectl", ["--namespace", namespace, ...args]);
  async function get(kind: string, ...args: string[]): Promise<Thing[]> {
    const answer = JSON.parse(await run("get", kind, "-o", "json", ...args));
    return answer.kind === "List" ? answer.items : [answer];
  }
  return {
    namespace,
    run,
    get,
    /** The pods of an app that are not terminating. */
    async pods(app: string): Promise<Thing[]> {
      const all = await get("pods", "-l", `app.kubernetes.io/name=${app}`);
      return all.filter(({ metadata }) => !metadata.deletionTimestamp);
    },
    apply: (...objects: object[]) => {
      const list = { apiVersion: "v1", kind: "List", items: objects };
      return command("kubectl", ["--namespace", namespace, "apply", "-f", "-"], JSON.stringify(list));
    },
    async secret(name: string): Promise<Record<string, string>> {
      const { data } = JSON.parse(await run("get", "secret", name, "-o", "json")) as { data: Record<string, string> };
      const decode = (text: string) => Buffer.from(text, "base64").toString();
      return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, decode(text)]));
    },
  };
}
export type Kubectl = ReturnType<typeof kubectl>;
