import type { Launched } from "@sidecart/local/launch";
import type { Answer } from "./graphql.ts";

/** Process ids by name: the same before and after, when nothing had to be started again. */
export function pidsOf({ processes }: Launched, except: string): Record<string, number | undefined> {
  const others = [...processes.values()].filter(({ name }) => name !== except);
  return Object.fromEntries(others.map(({ name, pid }) => [name, pid]));
}

/** An answer as the outage tests look at it: its status, the code of its error, and how long it took. */
export async function timed(call: Promise<Answer<unknown>>): Promise<{ status: number; code: string; ms: number }> {
  const began = performance.now();
  const { status, errors } = await call;
  return { status, code: errors[0]?.extensions.code ?? "OK", ms: performance.now() - began };
}
