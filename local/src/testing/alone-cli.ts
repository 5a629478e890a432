import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Test } from "tap";
import { descendantsOf, stillAlive, untilGone } from "./started-cli.ts";

/** The program of a server that is ready; `servers` are the processes that it started. */
interface AloneCli {
  servers: ReturnType<typeof descendantsOf>;
  /** Stops it, waits until it and all its processes have exited, and returns its exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Runs the `main.ts` of a server until it prints the path of its log. */
async function startedAlone(t: Test, main: string, args: readonly string[]): Promise<AloneCli> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const said: string[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface(child.stderr)
    .on("line", (line) => {
      said.push(line);
      if (line.includes("it logs to")) ready.resolve();
    })
    .on("close", () => ready.reject(new Error(`${main} ended:\n${said.join("\n")}`)));
  await ready.promise;
  const servers = descendantsOf(child.pid ?? 0);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await exited;
    await untilGone(servers);
    return code;
  };
  t.teardown(() => end("SIGKILL"));
  return { servers, end };
}

/** Tests that the program of a server stops the server on a signal, and when it is killed itself. */
export async function endsItsServer(t: Test, main: string, args: readonly string[]): Promise<void> {
  const told = await startedAlone(t, main, args);
  t.equal(told.servers.length, 1);
  t.equal(await told.end("SIGTERM"), 0);

  const killed = await startedAlone(t, main, args);
  t.equal(await killed.end("SIGKILL"), null);
  t.same(stillAlive(killed.servers), []);
}
