import { background, type CallContext } from "@sidecart/platform/call";
import { toAppError } from "@sidecart/platform/errors";
import type { Clock } from "@sidecart/platform/ids";
import type { Sidecar } from "@sidecart/platform/sidecar";
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
};
export type ReadinessDeps = { sidecar: Pick<Sidecar, "ready">; services: Services; clock: Clock };

/**
 * Ready is who reaches its own sidecar and has reached each service once: a service that is down later is down for every
 * replica, and is no reason to send people away from all of them. One answer is kept for a second, and one probe is under
 * way at a time, so that asking often costs nothing.
 */
export function createReadiness({ sidecar, services, clock }: ReadinessDeps): () => Promise<Readiness> {
  const reached = new Set<string>();
  let last: { readiness: Promise<Readiness>; until: number } | undefined;
  const probe = async (): Promise<Readiness> => {
    const checks = await check(sidecar, services);
    for (const [name, answer] of Object.entries(checks)) if (answer === "ok") reached.add(name);
    const ready = checks.sidecar === "ok" && Object.keys(checks).every((name) => reached.has(name));
    const all = Object.values(checks).every((one) => one === "ok");
    if (!ready) return { ready, status: "unavailable", checks };
    return { ready, status: all ? "ok" : "degraded", checks };
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

async function check(sidecar: Pick<Sidecar, "ready">, services: Services): Promise<Record<string, Answer>> {
  const call = background(probeMs);
  const probes: Record<string, Promise<unknown>> = {
    sidecar: sidecar.ready(call),
    accounts: services.accounts.getJwks({}, call),
    catalog: services.catalog.getProducts({ ids: [] }, call),
    orders: askOrders(services, call),
  };
  const answers = Object.entries(probes).map(async ([name, answer]) => {
    return [
      name,
      await answer.then(
        () => "ok" as const,
        () => "unavailable" as const,
      ),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

/** Needs a token: being told so is an answer. */
async function askOrders({ orders }: Services, call: CallContext): Promise<void> {
  try {
    await orders.getOrders({ ids: [] }, call);
  } catch (error) {
    if (toAppError(error).status !== "UNAUTHENTICATED") throw error;
  }
}
