import { get, type IncomingMessage } from "node:http";
import { connect, type NetConnectOpts } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import type { Exit, ManagedProcess } from "./managed-process.ts";
import { reasonOf } from "./reason.ts";

const pollMs = 25;
const probeTimeoutMs = 2_000;
const longestAnswer = 500;

/** While the thing is not ready it answers false, or throws an error that says what it still lacks. */
export type Probe = () => Promise<boolean>;

/**
 * Waits until `probe` answers true. Fails when the process ends first or `deadlineMs` pass, with one line, what the probe
 * said last and the end of the log.
 */
export async function untilReady(process: ManagedProcess, probe: Probe, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let ended: Exit | undefined;
  void process.exited.then((exit) => {
    ended = exit;
  });
  for (let lack = await lackOf(probe); lack !== undefined; lack = await lackOf(probe)) {
    if (ended) throw deathOf(process, ended);
    if (Date.now() > deadline) {
      const details = [lack, ...process.lastLines()];
      throw new StartError(`${process.name} was not ready within ${deadlineMs / 1000} s`, details);
    }
    await pause(pollMs);
  }
}

/** How a process that nobody stopped came to its end, with the end of its log. */
export function deathOf(process: ManagedProcess, exit: Exit): StartError {
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  return new StartError(`${process.name} ${how}`, [`The end of ${process.spec.log}:`, ...process.lastLines()]);
}

async function lackOf(probe: Probe): Promise<string | undefined> {
  try {
    return (await probe()) ? undefined : "it does not answer yet";
  } catch (error) {
    return reasonOf(error);
  }
}

/** True when a GET of `url` is answered with 2xx; else fails with what it was answered with. */
export async function answersOk(url: string, headers: Record<string, string> = {}): Promise<true> {
  const response = await answerOf(url, headers);
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) {
    response.resume();
    return true;
  }
  throw new Error(
    `GET ${url} was answered with ${statusCode}: ${(await text(response)).trim().slice(0, longestAnswer)}`,
  );
}

function answerOf(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, timeout: probeTimeoutMs, agent: false }, resolve);
    request.once("timeout", () =>
      request.destroy(new Error(`GET ${url} was not answered within ${probeTimeoutMs} ms`)),
    );
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
