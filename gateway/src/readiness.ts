import type { Clock } from "@sidecart/platform/ids";
import type { Sidecar } from "@sidecart/platform/rpc";
import { background, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import { probes, type Services } from "./services.ts";

/** Below Kubernetes' probe timeout of one second. */
const probeMs = 800;
const cachedMs = 1_000;

type Answer = "ok" | "unavailable";
export type Readiness = {
  /** Whether the gateway accepts requests. */
  ready: boolean;
  status: "ok" | "degraded" | "unavailable";
  /** Which parts respond now. */
  checks: Record<string, Answer>;
};
export type ReadinessDeps = { sidecar: Pick<Sidecar, "ready">; services: Services; clock: Clock; log: Logger };

/**
 * Ready when our sidecar responds and each service has responded once. A service that fails later fails for every
 * replica, so taking all replicas out of service would not help. The result is cached for a second and one probe runs
 * at a time, so frequent requests cost nothing. The reason why a service is not reachable is logged when it changes.
 */
export function createReadiness({ sidecar, services, clock, log }: ReadinessDeps): () => Promise<Readiness> {
  const responded = new Set<string>();
  const reasons = new Map<string, string>();
  let last: { readiness: Promise<Readiness>; until: number } | undefined;
  const probe = async (): Promise<Readiness> => {
    const checks: Record<string, Answer> = {};
    for (const { name, failure } of await failuresOf(sidecar, services)) {
      logChange(name, failure);
      checks[name] = failure ? "unavailable" : "ok";
      if (!failure) responded.add(name);
    }
    const ready = checks.sidecar === "ok" && Object.keys(checks).every((name) => responded.has(name));
    const allRespond = Object.values(checks).every((one) => one === "ok");
    if (!ready) return { ready, status: "unavailable", checks };
    return { ready, status: allRespond ? "ok" : "degraded", checks };
  };
  const logChange = (name: string, failure: Error | undefined) => {
    if (failure && failure.message !== reasons.get(name)) log.info({ err: failure, check: name }, "is not reachable");
    if (!failure && reasons.has(name)) log.info({ check: name }, "is reachable");
    if (failure) reasons.set(name, failure.message);
    else reasons.delete(name);
  };
  return () => {
    if (last && clock.now().getTime() < last.until) return last.readiness;
    const probing = { readiness: probe(), until: Number.POSITIVE_INFINITY };
    last = probing;
    return probing.readiness.finally(() => {
      probing.until = clock.now().getTime() + cachedMs;
    });
  };
}

/** Probes our sidecar and all services. */
function failuresOf(sidecar: Pick<Sidecar, "ready">, services: Services): Promise<{ name: string; failure?: Error }[]> {
  const call = background(probeMs);
  const calls = Object.entries(probes).map(([name, probe]) => [name, responseOf(probe(services, call))] as const);
  const probed = [["sidecar", sidecar.ready(call)] as const, ...calls].map(([name, response]) =>
    response.then(
      () => ({ name }),
      (failure: Error) => ({ name, failure }),
    ),
  );
  return Promise.all(probed);
}

/** The probe has no token and an empty request: a service that refuses either has responded. */
const refusals: readonly string[] = ["UNAUTHENTICATED", "INVALID_ARGUMENT"];

async function responseOf(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!refusals.includes(toAppError(error).status)) throw error;
  }
}
