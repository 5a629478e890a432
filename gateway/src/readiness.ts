import type { Clock } from "@sidecart/platform/ids";
import type { Sidecar } from "@sidecart/platform/rpc";
import { background, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import { probes, type Services } from "./services.ts";

/** Below the second that Kubernetes gives a probe. */
const probeMs = 800;
const keptMs = 1_000;

type Answer = "ok" | "unavailable";
export type Readiness = {
  /** Whether requests may come. */
  ready: boolean;
  status: "ok" | "degraded" | "unavailable";
  /** Which parts answer at the moment. */
  checks: Record<string, Answer>;
  /** What its sidecar lacks, or another's refuses it: a sentence each. */
  problems?: readonly string[];
};
export type ReadinessDeps = { sidecar: Pick<Sidecar, "ready">; services: Services; clock: Clock; log: Logger };

/**
 * Ready when our sidecar answers and each service has answered once. A service that fails later fails for every replica, so
 * it is no reason to take all of them out. An answer is cached for a second and one probe runs at a time, so frequent
 * requests cost nothing. Why a service is not reached is logged when that changes.
 */
export function createReadiness({ sidecar, services, clock, log }: ReadinessDeps): () => Promise<Readiness> {
  const reached = new Set<string>();
  const reasons = new Map<string, string>();
  let last: { readiness: Promise<Readiness>; until: number } | undefined;
  const probe = async (): Promise<Readiness> => {
    const checks: Record<string, Answer> = {};
    for (const { name, failure } of await failuresOf(sidecar, services)) {
      tell(name, failure);
      checks[name] = failure ? "unavailable" : "ok";
      if (!failure) reached.add(name);
    }
    const ready = checks.sidecar === "ok" && Object.keys(checks).every((name) => reached.has(name));
    const all = Object.values(checks).every((one) => one === "ok");
    if (!ready) return { ready, status: "unavailable", checks };
    return { ready, status: all ? "ok" : "degraded", checks };
  };
  const tell = (name: string, failure: Error | undefined) => {
    if (failure && failure.message !== reasons.get(name)) log.info({ err: failure, check: name }, "not reached");
    if (!failure && reasons.has(name)) log.info({ check: name }, "reached");
    if (failure) reasons.set(name, failure.message);
    else reasons.delete(name);
  };
  return () => {
    if (last && clock.now().getTime() < last.until) return last.readiness;
    const probing = { readiness: probe(), until: Number.POSITIVE_INFINITY };
    last = probing;
    return probing.readiness.finally(() => {
      probing.until = clock.now().getTime() + keptMs;
    });
  };
}

/** Each that was probed, with its failure if it has one. */
function failuresOf(sidecar: Pick<Sidecar, "ready">, services: Services): Promise<{ name: string; failure?: Error }[]> {
  const call = background(probeMs);
  const asked = Object.entries(probes).map(([name, probe]) => [name, answerOf(probe(services, call))] as const);
  const ends = [["sidecar", sidecar.ready(call)] as const, ...asked].map(([name, answer]) =>
    answer.then(
      () => ({ name }),
      (failure: Error) => ({ name, failure }),
    ),
  );
  return Promise.all(ends);
}

/** We have no token: a service that says so has answered. */
async function answerOf(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (toAppError(error).status !== "UNAUTHENTICATED") throw error;
  }
}
