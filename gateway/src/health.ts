import { background } from "@sidecart/platform/call";
import { toAppError } from "@sidecart/platform/errors";
import type { Telemetry } from "@sidecart/platform/telemetry";
import type { FastifyInstance } from "fastify";
import type { Services } from "./services.ts";

const probeMs = 2_000;

/** /healthz: the process runs. /readyz: every service answers through the sidecars. /metrics: Prometheus text. */
export function registerHealth(app: FastifyInstance, services: Services, telemetry: Telemetry): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const checks = await check(services);
    const ready = Object.values(checks).every((one) => one === "ok");
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ok" : "unavailable", checks });
  });
  app.get("/metrics", async (_request, reply) => {
    const text = await telemetry.prometheus();
    return reply.header("content-type", "text/plain; version=0.0.4").send(text);
  });
}

async function check(services: Services): Promise<Record<string, "ok" | "unavailable">> {
  const call = background(probeMs);
  const probes = {
    accounts: services.accounts.getJwks({}, call),
    catalog: services.catalog.getProducts({ ids: [] }, call),
    // Needs a token: being told so is an answer.
    orders: services.orders.getOrders({ ids: [] }, call).catch(unlessAnswered),
  };
  const results = await Promise.allSettled(Object.values(probes));
  const names = Object.keys(probes);
  return Object.fromEntries(
    results.map((one, place) => [names[place], one.status === "fulfilled" ? "ok" : "unavailable"]),
  );
}

function unlessAnswered(error: unknown): void {
  if (toAppError(error).status !== "UNAUTHENTICATED") throw error;
}
