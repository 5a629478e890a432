import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../instance.ts";
import { withFileLock } from "../process/file-lock.ts";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

/** A server that comes with the operating system's packages. */
export interface PackagedServer {
  /** The Debian package. */
  name: string;
  program: string;
  /** Where it is looked for before PATH. */
  folders?: readonly string[];
  /** What somebody may do who has neither the program nor Debian and root. */
  advice: string;
}

/** Who wants something that may take long: is told of it, and may give up. */
export interface Listeners {
  note: (text: string) => void;
  signal: AbortSignal | undefined;
}

const servicePolicy = "/usr/sbin/policy-rc.d";

/** The program of a server on this machine, installed from the distribution when we are root on a Debian-like one. */
export async function findServer(server: PackagedServer, { note, signal }: Listeners): Promise<string> {
  const { name, program, folders = [], advice } = server;
  const find = () => findProgram(program, { before: folders });
  const found = find();
  if (found) return found;
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) throw new StartError(`${program} is missing: ${advice}`);
  note(`installing the package ${name}`);
  await mkdir(cacheFolder, { recursive: true });
  // Two packages that are installed at the same time would take each other's policy-rc.d away.
  await withFileLock(
    join(cacheFolder, "apt.lock"),
    () => note("another launcher installs a package: waiting for it"),
    () => installWithoutService(name, signal),
  );
  const installed = find();
  if (!installed) throw new StartError(`the package ${name} brought no ${program}: ${advice}`);
  return installed;
}

// Debian starts a service when its package is installed, unless policy-rc.d answers 101 (invoke-rc.d(8)).
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
