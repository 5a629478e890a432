import { get } from "node:http";
import { connect, type NetConnectOpts } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import type { Exit, ManagedProcess } from "./managed-process.ts";

const pollMs = 25;
const probeTimeoutMs = 2_000;

/** Answers false or throws while the thing is not ready. */
export type Probe = () => Promise<boolean>;

/**
 * Waits until `probe` answers true. Fails with one line and the end of the log when the process ends first or
 * `deadlineMs` pass.
 */
export async function untilReady(process: ManagedProcess, probe: Probe, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let ended: Exit | undefined;
  void process.exited.then((exit) => {
    ended = exit;
  });
  while (!(await answers(probe))) {
    if (ended) throw deathOf(process, ended);
    if (Date.now() > deadline) {
      throw new StartError(`${process.name} was not ready within ${deadlineMs / 1000} s`, process.lastLines());
    }
    await pause(pollMs);
  }
}

/** How a process that nobody stopped came to its end, with the end of its log. */
export function deathOf(process: ManagedProcess, exit: Exit): StartError {
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  return new StartError(`${process.name} ${how}`, process.lastLines());
}

async function answers(probe: Probe): Promise<boolean> {
  try {
    return await probe();
  } catch {
    return false;
  }
}

/** True when a GET of `url` is answered with 2xx. */
export function answersOk(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, timeout: probeTimeoutMs, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300);
    });
    request.once("timeout", () => request.destroy(new Error("timeout")));
    request.once("error", reject);
  });
}

/** True when something listens at `target`, a port or the path of a socket. */
export function isListening(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(target, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", reject);
  });
}
