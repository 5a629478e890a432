import { randomInt } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { cacheFolder } from "../instance.ts";
import { StartError } from "../start-error.ts";
import { take } from "./file-lock.ts";

// Below Linux's range for outgoing connections (ip_local_port_range, 32768–60999), so that no client socket can take a
// port between our check and the moment its program listens, or while the program is restarted.
const lowest = 20_000;
const beyond = 32_768;
const attempts = 200;

const reservations = join(cacheFolder, "ports");
const fileOf = (port: number) => join(reservations, String(port));

/**
 * Free loopback ports by name. Until `release` a listening socket holds the port, against programs that use any free
 * port. Until `giveBack` a file reserves it, against other launchers of this user, also while its program is restarted.
 */
export class Ports {
  readonly #held = new Map<string, Server>();
  readonly #chosen = new Map<string, number>();
  /** The name of the port. */
  readonly #reserved = new Map<number, string>();

  /** `preferred`: the ports of the last run, used again if they are free. */
  constructor(preferred: Record<string, number> = {}) {
    for (const [name, port] of Object.entries(preferred)) this.#chosen.set(name, port);
  }

  async hold(name: string): Promise<number> {
    const before = this.#chosen.get(name);
    const port = before !== undefined && (await this.#tryHold(name, before)) ? before : await this.#holdRandom(name);
    this.#chosen.set(name, port);
    return port;
  }

  /** Releases the ports whose names begin with `prefix`, for the program that is about to listen there. */
  async release(prefix: string): Promise<void> {
    const names = [...this.#held.keys()].filter((name) => name.startsWith(prefix));
    await Promise.all(
      names.map((name) => {
        const server = this.#held.get(name);
        this.#held.delete(name);
        return server && new Promise((done) => server.close(done));
      }),
    );
  }

  /** Ends the reservation, so that other launchers may use these ports. */
  giveBack(): void {
    for (const port of this.#reserved.keys()) free(fileOf(port));
    this.#reserved.clear();
  }

  /** The port chosen for `name` in this run or an earlier one. */
  of(name: string): number {
    const port = this.#chosen.get(name);
    if (port === undefined) throw new Error(`no port was chosen for ${name}`);
    return port;
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#chosen);
  }

  async #holdRandom(name: string): Promise<number> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const port = randomInt(lowest, beyond);
      if (await this.#tryHold(name, port)) return port;
    }
    throw new StartError(`no free port between ${lowest} and ${beyond} for ${name}`);
  }

  async #tryHold(name: string, port: number): Promise<boolean> {
    const owner = this.#reserved.get(port);
    // A released port belongs to its program, even if the program does not listen yet.
    if (owner !== undefined && owner !== name) return false;
    if (owner === undefined && !reserve(fileOf(port))) return false;
    this.#reserved.set(port, name);
    const server = await listen(port, "127.0.0.1");
    if (server) this.#held.set(name, server);
    return server !== undefined;
  }
}

const ofThisProcess = new Set<string>();
process.once("exit", () => ofThisProcess.forEach(free));

function reserve(file: string): boolean {
  mkdirSync(reservations, { recursive: true });
  const taken = take(file) || take(file);
  if (taken) ofThisProcess.add(file);
  return taken;
}

function free(file: string): void {
  rmSync(file, { force: true });
  ofThisProcess.delete(file);
}

/** True if a program can listen on `port`, on every address of the machine. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", undefined]) {
    const server = await listen(port, host);
    if (!server) return false;
    await new Promise((done) => server.close(done));
  }
  return true;
}

function listen(port: number, host: string | undefined): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy());
    server.unref();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
