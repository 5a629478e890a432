import type { Launched } from "@sidecart/local/launch";
import type { Answer } from "./graphql.ts";

/** Process ids by name. They stay the same if no process was restarted. */
export function pidsOf({ processes }: Launched, except: string): Record<string, number | undefined> {
  const others = [...processes.values()].filter(({ name }) => name !== except);
  return Object.fromEntries(others.map(({ name, pid }) => [name, pid]));
}

/** The status, error code and duration of a response. */
export async function timed(call: Promise<Answer<unknown>>): Promise<{ status: number; code: string; ms: number }> {
  const began = performance.now();
  const { status, errors } = await call;
  return { status, code: errors[0]?.extensions.code ?? "OK", ms: performance.now() - began };
}
