import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Launched } from "@sidecart/local/launch";

/** One value of a running system's secret store. */
export function secretOf({ instanceDir }: Launched, name: string, key: string): string {
  const secrets = JSON.parse(readFileSync(join(instanceDir, "secrets.json"), "utf8"));
  return secrets[name][key];
}
