import type { Telemetry } from "@sidecart/platform/telemetry";
import type { FastifyInstance, FastifyRequest } from "fastify";
import ipaddr from "ipaddr.js";
import type { Readiness } from "../readiness.ts";

/** Whether this is the path of a health probe. */
export const isProbe = (url: string): boolean => url === "/healthz" || url === "/readyz";

/**
 * /healthz: the process runs. /readyz: whether it accepts requests, and which services respond. Anybody can read both, so
 * causes are only in the log and on the metrics port.
 */
export function registerHealth(app: FastifyInstance, readiness: () => Promise<Readiness>): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const { ready, status, checks } = await readiness();
    return reply.code(ready ? 200 : 503).send({ status, checks });
  });
}

/** /metrics as Prometheus text, for this machine only. In a cluster metrics have their own port. */
export function registerLocalMetrics(app: FastifyInstance, telemetry: Pick<Telemetry, "prometheus">): void {
  app.get("/metrics", async (request, reply) => {
    if (!isLoopback(request)) return reply.callNotFound();
    return reply.header("content-type", "text/plain; version=0.0.4").send(await telemetry.prometheus());
  });
}

/** Decided by the address of the connection, since a client can forge headers. */
function isLoopback({ socket: { remoteAddress = "" } }: FastifyRequest): boolean {
  return ipaddr.isValid(remoteAddress) && ipaddr.process(remoteAddress).range() === "loopback";
}
