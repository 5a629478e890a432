import type { Component } from "./component.ts";
import { Problem, reasonOf } from "./problem.ts";

/** Timeout of connecting and logging in to a server. */
export const connectWithinMs = 10_000;

/** Host and port of an address, without its credentials. */
export function hostOf(component: Component, setting: string, form: string): string {
  const [first = ""] = component.required(setting).split(",");
  const url = URL.canParse(first) ? new URL(first) : undefined;
  if (url?.host) return url.host;
  throw new Problem(component.name, `${setting} is not an address`, `write it as ${form}`);
}

/** The error for a server that is unreachable or rejects our credentials. */
export function unusable(component: Component, server: string, error: unknown, fix: string): Problem {
  return new Problem(component.name, `${server} cannot be used: ${reasonOf(error)}`, fix);
}
