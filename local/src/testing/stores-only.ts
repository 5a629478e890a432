import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { type Launched, launch } from "../launch.ts";
import type { LaunchOptions } from "../launch-options.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** An instance without our services: only the control plane and the chosen servers. */
export async function launchStores(
  t: Test,
  home: string,
  choices: LaunchOptions,
): Promise<{ system: Launched; secrets: Secrets }> {
  const system = await launch({ home, apps: [], ...choices });
  t.teardown(() => system.stop());
  return { system, secrets: JSON.parse(readFileSync(join(system.instanceDir, "secrets.json"), "utf8")) as Secrets };
}
