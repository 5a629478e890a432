import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { clearLastRun, type Instance, instanceAt, makeFolder } from "@sidecart/local/instance";
import type { Test } from "tap";

const program = join(import.meta.dirname, "../src/main.ts");
const brokers = join(import.meta.dirname, "../../resources/broker");

export type Output = { code: number; out: string[]; error: string };
export type Secrets = Record<string, Record<string, string>>;

/** Runs the program like the launcher, on the components of this broker. */
export async function setUpBroker(
  t: Test,
  broker: string,
  secrets: Secrets,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Output> {
  const files = ["pubsub", "broadcast"].flatMap((name) => ["--component", join(brokers, broker, `${name}.yaml`)]);
  const folder = await mkdtemp(join(tmpdir(), "sidecart-setup-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "secrets.json");
  await writeFile(file, JSON.stringify(secrets));
  return runSetUp([...files, "--secrets", file, ...args], env);
}

export async function runSetUp(args: string[], env: Record<string, string> = {}): Promise<Output> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, out: out.split("\n").filter(Boolean), error };
}

/** An instance folder for the server of a test. */
export async function newInstance(t: Test): Promise<Instance> {
  const home = await mkdtemp(join(tmpdir(), "sidecart-setup-"));
  await chmod(home, 0o711);
  const instance = instanceAt("test", home);
  await makeFolder(instance);
  await clearLastRun(instance);
  t.teardown(() => rm(home, { recursive: true, force: true }));
  return instance;
}

/** The URL with a wrong password. */
export const withWrongPassword = (url: string): string => {
  const wrong = new URL(url);
  wrong.password = "wrong";
  return wrong.href;
};
