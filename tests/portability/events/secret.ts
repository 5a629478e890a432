import type { Launched } from "@sidecart/local/launch";

/** One value of a running system's secret store. */
export function secretOf({ secrets }: Launched, name: string, key: string): string {
  const value = secrets[name]?.[key];
  if (value === undefined) throw new Error(`the system has no secret ${name} with ${key}`);
  return value;
}
