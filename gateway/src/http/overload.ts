import underPressure from "@fastify/under-pressure";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance } from "fastify";
import { isProbe } from "./health.ts";

/** Mean event-loop delay over a second above which we refuse requests. */
const maxEventLoopDelayMs = 500;
const sampleIntervalMs = 1_000;
/** Starting up also keeps the event loop busy, so we ignore the first samples. */
const startingMs = 2 * sampleIntervalMs;
export const retryAfterSeconds = 1;

/**
 * Sheds load: refuses requests at once while the event loop is overloaded, because a response after the client's
 * timeout costs as much as one in time. Health probes pass.
 */
export async function refuseOverload(app: FastifyInstance): Promise<void> {
  let started = Number.POSITIVE_INFINITY;
  app.addHook("onReady", async () => {
    started = performance.now() + startingMs;
  });
  await app.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    sampleInterval: sampleIntervalMs,
    async pressureHandler({ url }, reply) {
      if (isProbe(url) || performance.now() < started) return;
      reply.header("retry-after", retryAfterSeconds);
      throw new AppError(commonErrors.overloaded);
    },
  });
}
