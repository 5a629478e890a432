import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { coerce, satisfies } from "semver";
import { checkout, type Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import { findProgram } from "../process/find-program.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { runCommand } from "../process/run-command.ts";
import { goBuild } from "./go-build.ts";

/** A NATS server and its log-in. */
export interface Nats {
  host: string;
  port: number;
  user: string;
  password: string;
}

const oldest = "2.10";
const answerWithinMs = 5_000;
const maxPayloadBytes = 8 * 1024 * 1024;

/** The nats-server on PATH if it is recent enough, else our own build, which is built once and cached. */
export async function findNatsServer(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  const found = findProgram("nats-server");
  if (found) {
    const said = await runCommand(found, ["--version"]);
    if (isRecent(said)) return found;
    note(`${said.trim()} is older than ${oldest}: not used`);
  }
  const build = {
    title: "the NATS server",
    name: "nats",
    source: join(checkout, "local", "servers", "nats"),
    packages: ["github.com/nats-io/nats-server/v2"],
    takes: "half a minute",
    advice: `install nats-server ${oldest} or later, or Go from https://go.dev/dl, or set NATS_URL`,
  };
  return join(await goBuild(build, note, signal), "nats-server");
}

/** Reads `nats-server: v2.10.1`. */
export function isRecent(version: string): boolean {
  return satisfies(coerce(version) ?? "", `>=${oldest}`);
}

/** Writes the configuration, which keeps the password off the command line, and returns how to start the server. */
export async function natsProcess(instance: Instance, program: string, nats: Nats): Promise<ProcessSpec> {
  const folder = join(instance.folder, "nats");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "nats.conf");
  const settings = {
    listen: `${nats.host}:${nats.port}`,
    server_name: "sidecart",
    max_payload: maxPayloadBytes,
    authorization: { user: nats.user, password: nats.password },
    jetstream: { store_dir: folder },
  };
  // NATS also reads JSON.
  await writeFile(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  return {
    name: "nats",
    command: program,
    args: ["--config", file],
    cwd: folder,
    env: inheritedEnvironment(),
    log: join(instance.logs, "nats.log"),
  };
}

export function natsUrl({ host, port, user, password }: Nats): string {
  const logIn = user === "" ? "" : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  return `nats://${logIn}${host}:${port}`;
}

/** Logs in and returns whether JetStream is on; throws the server's error. */
export async function hasJetStream({ host, port, user, password }: Nats): Promise<boolean> {
  const logIn = user === "" ? {} : { user, pass: password };
  const connection = await connect({ servers: `${host}:${port}`, ...logIn, reconnect: false, timeout: answerWithinMs });
  const enabled = connection.info?.jetstream === true;
  await connection.close();
  return enabled;
}
