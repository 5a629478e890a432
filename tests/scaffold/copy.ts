import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import type { Test } from "tap";
import { copyOfCheckout } from "../support/checkout-copy.ts";

type Ran = { code: number; said: string };

/** A copy of the checkout, and the commands of its users. */
export async function ownCheckout(t: Test) {
  const folder = await copyOfCheckout(t);
  /** Runs a program there; `first` precedes PATH. */
  async function run(program: string, args: string[], first = ""): Promise<Ran> {
    const ours = Object.entries(process.env).filter(([name]) => !/^_?TAP/.test(name));
    const env = { ...Object.fromEntries(ours), PATH: [first, process.env.PATH].filter(Boolean).join(delimiter) };
    // tap puts its loader into NODE_OPTIONS of every program that a test starts; some programs do not run with it.
    const ended = await execa("env", ["-u", "NODE_OPTIONS", program, ...args], {
      cwd: folder,
      env,
      extendEnv: false,
      reject: false,
      all: true,
    });
    return { code: ended.exitCode ?? -1, said: ended.all };
  }
  const npm = (args: string[]) => run("npm", args);
  return {
    folder,
    run,
    npm,
    newService: (...words: string[]) => npm(["run", "new", "--", "service", ...words]),
    /** Our files with their texts, and our packages. */
    async state(): Promise<Record<string, string>> {
      const packages = (await readdir(join(folder, "node_modules/@sidecart"))).map((name) => [`@sidecart/${name}`, ""]);
      return Object.fromEntries([...(await textsIn(folder, "")), ...packages]);
    },
    /** Removes a service as CONTRIBUTING.md says. */
    async remove(service: string): Promise<void> {
      for (const place of ["services", "proto/sidecart", "gateway/src/domains"]) {
        await rm(join(folder, place, service), { recursive: true });
      }
      for (const file of ["services/index.ts", "gateway/src/domains/domains.ts"]) {
        const text = readFileSync(join(folder, file), "utf8");
        const without = text.replace(new RegExp(`^import \\{ ${service} \\}.*\n`, "m"), "");
        writeFileSync(join(folder, file), without.replace(new RegExp(`,\\s*${service}\\b`), ""));
      }
    },
  };
}

async function textsIn(folder: string, path: string): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const file = join(path, entry.name);
    if (["node_modules", ".tap"].includes(entry.name)) continue;
    if (entry.isDirectory()) found.push(...(await textsIn(folder, file)));
    if (entry.isFile()) found.push([file, hash("sha256", readFileSync(join(folder, file)))]);
  }
  return found;
}
