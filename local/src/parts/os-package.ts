import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../instance.ts";
import { withFileLock } from "../process/file-lock.ts";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

/** A server from the operating system's packages. */
export interface PackagedServer {
  /** The Debian package. */
  name: string;
  program: string;
  /** Folders that are searched before PATH. */
  folders?: readonly string[];
  /** What to do without the program and without root on Debian. */
  advice: string;
}

/** For work that may take long: reports progress and can be cancelled. */
export interface Listeners {
  note: (text: string) => void;
  signal: AbortSignal | undefined;
}

const servicePolicy = "/usr/sbin/policy-rc.d";

/** Finds the program of a server. Installs its package if it is missing and we are root on a Debian-like system. */
export async function findServer(server: PackagedServer, { note, signal }: Listeners): Promise<string> {
  const { name, program, folders = [], advice } = server;
  const find = () => findProgram(program, { before: folders });
  const found = find();
  if (found) return found;
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) throw new StartError(`${program} is missing: ${advice}`);
  note(`installing the package ${name}`);
  await mkdir(cacheFolder, { recursive: true });
  // Concurrent installations would remove each other's policy-rc.d.
  await withFileLock(
    join(cacheFolder, "apt.lock"),
    () => note("waiting for another launcher that installs a package"),
    () => installWithoutService(name, signal),
  );
  const installed = find();
  if (!installed) throw new StartError(`the package ${name} does not contain ${program}: ${advice}`);
  return installed;
}

// Debian starts a service when its package is installed, unless policy-rc.d returns 101 (invoke-rc.d(8)).
async function installWithoutService(name: string, signal: AbortSignal | undefined): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const ours = !existsSync(servicePolicy);
  if (ours) await writeFile(servicePolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const install = ["install", "-y", "--no-install-recommends", name];
    try {
      await runCommand("apt-get", install, { env, signal });
    } catch {
      await runCommand("apt-get", ["update"], { env, signal });
      await runCommand("apt-get", install, { env, signal });
    }
  } finally {
    if (ours) await rm(servicePolicy, { force: true });
  }
}
