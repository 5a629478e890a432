import type { Launched } from "@sidecart/local/launch";

/** Reads one value from a running system's secrets. */
export function secretOf({ secrets }: Launched, name: string, key: string): string {
  const value = secrets[name]?.[key];
  if (value === undefined) throw new Error(`the system has no secret ${name} with ${key}`);
  return value;
}
