import type { Access, Callee } from "../rpc/access.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { ServiceDeclaration } from "../service.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Problems } from "./problems.ts";
import { type Sweep, startSweep } from "./sweep.ts";

const everyMs = 3_000;

/** The methods that a service may call, according to its declaration. */
export function calleesOf({ calls = {} }: ServiceDeclaration): Callee[] {
  return Object.entries(calls).flatMap(([app, methods]) =>
    methods.map((method) => ({ app, operation: `sidecart.${app}.v1.${method}` })),
  );
}

type Options = {
  app: string;
  callees: readonly Callee[];
  sidecar: Pick<Sidecar, "access">;
  problems: Problems;
  log: Logger;
};

/**
 * Tests with each callee whether we may call it, until each has granted it. A refusal is a problem until it is
 * withdrawn. A callee that does not respond may be starting, which is no problem. Resolves after the first test.
 */
export async function startAccessCheck({ app, callees, sidecar, problems, log }: Options): Promise<Sweep> {
  const pending = new Set(callees);
  const found = new Map<Callee, string>();
  const probe = async (callee: Callee) => {
    const access = await sidecar.access(callee);
    if (access === "unknown") return;
    if (access !== "granted") return void found.set(callee, sentences[access](app, callee));
    found.delete(callee);
    pending.delete(callee);
  };
  const check = async () => {
    if (pending.size === 0) return;
    await Promise.all([...pending].map(probe));
    problems.report("access", [...found.values()]);
  };
  await check();
  return startSweep("access to other services", everyMs, log, check);
}

type Sentence = (caller: string, callee: Callee) => string;
const sentences: Record<Exclude<Access, "granted" | "unknown">, Sentence> = {
  refused: (caller, { app, operation }) =>
    `the sidecar of ${app} refuses ${caller} the method ${operation}: its access policy does not allow it`,
  forbidden: (caller, { app, operation }) =>
    `${app} itself refuses ${caller} the method ${operation}: its code names other callers`,
  missing: (caller, { app, operation }) => `${app} has no method ${operation}, which ${caller} calls`,
};
