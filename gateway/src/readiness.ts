import type { Clock } from "@sidecart/platform/ids";
import type { Sidecar } from "@sidecart/platform/rpc";
import { background, type CallContext, toAppError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import type { Services } from "./services.ts";

/** Below the second that Kubernetes gives a probe. */
const probeMs = 800;
const keptMs = 1_000;

type Answer = "ok" | "unavailable";
export type Readiness = {
  /** Whether requests may come. */
  ready: boolean;
  status: "ok" | "degraded" | "unavailable";
  /** Who answers at this moment. */
  checks: Record<string, Answer>;
  /** What its sidecar lacks, or another's refuses it: a sentence each. */
  problems?: readonly string[];
};
export type ReadinessDeps = { sidecar: Pick<Sidecar, "ready">; services: Services; clock: Clock; log: Logger };

/**
 * Ready is who reaches its own sidecar and has reached each service once: a service that is down later is down for every
 * replica, and is no reason to send people away from all of them. One answer is kept for a second, and one probe is under
 * way at a time, so that asking often costs nothing. Why somebody is not reached is logged, when that changes.
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

/** Why each is not reached; nothing of those that are. */
function failuresOf(sidecar: Pick<Sidecar, "ready">, services: Services): Promise<{ name: string; failure?: Error }[]> {
  const call = background(probeMs);
  const probes: Record<string, Promise<unknown>> = {
    sidecar: sidecar.ready(call),
    accounts: services.accounts.getJwks({}, call),
    catalog: services.catalog.getProducts({ ids: [] }, call),
    orders: askOrders(services, call),
  };
  const ends = Object.entries(probes).map(([name, answer]) =>
    answer.then(
      () => ({ name }),
      (failure: Error) => ({ name, failure }),
    ),
  );
  return Promise.all(ends);
}

/** Needs a token: being told so is an answer. */
async function askOrders({ orders }: Services, call: CallContext): Promise<void> {
  try {
    await orders.getOrders({ ids: [] }, call);
  } catch (error) {
    if (toAppError(error).status !== "UNAUTHENTICATED") throw error;
  }
}
