import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { findProgram } from "../process/find-program.ts";
import { runCommand } from "../process/run-command.ts";
import { StartError } from "../start-error.ts";

const servicePolicy = "/usr/sbin/policy-rc.d";

/** The redis-server of this machine, installed from the distribution when we are root on a Debian-like one. */
export async function findRedisServer(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  const found = findProgram("redis-server");
  if (found) return found;
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) {
    throw new StartError(
      "redis-server is missing: install Redis (Debian: apt install redis-server; macOS: brew install redis) or set REDIS_URL",
    );
  }
  note("installing the package redis-server");
  await installWithoutService(signal);
  const installed = findProgram("redis-server");
  if (!installed) throw new StartError("the package redis-server brought no redis-server: set REDIS_URL");
  return installed;
}

// Debian starts a service when its package is installed, unless policy-rc.d answers 101 (invoke-rc.d(8)).
async function installWithoutService(signal?: AbortSignal): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const ours = !existsSync(servicePolicy);
  if (ours) await writeFile(servicePolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const install = ["install", "-y", "--no-install-recommends", "redis-server"];
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
