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

/**
 * Returns false while the program is not ready, or throws an error with what is missing: a StartError if waiting cannot
 * help.
 */
export type Probe = () => Promise<boolean>;

/**
 * Waits until `probe` returns true. Throws when the process exits or after `deadlineMs`: one line, the probe's last
 * error and the end of the log.
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

/** Why a process exited unexpectedly, with the end of its log. */
export function deathOf(process: ManagedProcess, exit: Exit): StartError {
  const how = exit.signal ? `was killed by ${exit.signal}` : `exited with code ${exit.code}`;
  return new StartError(`${process.name} ${how}`, [`The end of ${process.spec.log}:`, ...process.lastLines()]);
}

async function lackOf(probe: Probe): Promise<string | undefined> {
  try {
    return (await probe()) ? undefined : "no response yet";
  } catch (error) {
    if (error instanceof StartError) throw error;
    return reasonOf(error);
  }
}

/** True if the response to a GET of `url` is 2xx; else throws an error with the response. */
export async function answersOk(url: string, headers: Record<string, string> = {}): Promise<true> {
  const response = await answerOf(url, headers);
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) {
    response.resume();
    return true;
  }
  throw new Error(`GET ${url} returned ${statusCode}: ${(await text(response)).trim().slice(0, longestAnswer)}`);
}

function answerOf(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, timeout: probeTimeoutMs, agent: false }, resolve);
    request.once("timeout", () => request.destroy(new Error(`GET ${url} did not respond within ${probeTimeoutMs} ms`)));
    request.once("error", reject);
  });
}

/** True if a program listens at `target`, a port or the path of a socket. */
export function isListening(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(target, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", reject);
  });
}
