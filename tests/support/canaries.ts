import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Launched } from "@sidecart/local/launch";
import { eventually } from "./eventually.ts";

type Output = { name: string; text: string };

/** All texts of a JSON value. */
const textsOf = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(textsOf);

/** What no output of a system may contain: passwords, keys and tokens, the first admin's log-in excepted, and `more`. */
export async function canariesOf(system: Launched, more: readonly (string | undefined)[]): Promise<string[]> {
  const created = JSON.parse(await readFile(join(system.instanceDir, "credentials.json"), "utf8"));
  const { "accounts-first-admin": _published, ...secrets } = system.secrets;
  const { keys } = JSON.parse(secrets["accounts-signing-keys"]?.jwks ?? "");
  const privateKeys = keys.map(({ d }: { d: string }) => d);
  const tokens = [...system.processes.values()].flatMap(({ spec }) => [
    spec.env.APP_API_TOKEN,
    spec.env.DAPR_API_TOKEN,
  ]);
  const all = [...textsOf(created), ...privateKeys, ...tokens, ...more];
  return [...new Set(all.filter((text) => text && text.length >= 12))] as string[];
}

/** The logs of all processes of a system. */
export async function logsOf(system: Launched): Promise<Output[]> {
  const folder = join(system.instanceDir, "logs");
  const names = await readdir(folder);
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })));
}

/** Waits until the logs of a system have a text, and repeats `use` meanwhile. */
export const untilLogged = (system: Launched, pattern: RegExp, use: () => Promise<unknown>) =>
  eventually(
    `the log to have ${pattern}`,
    async () => {
      await use();
      return (await logsOf(system)).some(({ text }) => pattern.test(text));
    },
    60_000,
  );

/** The names of the outputs that contain a canary, as it is or encoded for a URL. */
export function leaksIn(outputs: readonly Output[], canaries: readonly string[]): string[] {
  const forms = canaries.flatMap((canary) => [canary, encodeURIComponent(canary)]);
  return outputs.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ name }) => name);
}
