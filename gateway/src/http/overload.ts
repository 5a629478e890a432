import underPressure from "@fastify/under-pressure";
import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance } from "fastify";
import { isProbe } from "./health.ts";

/** In the mean of a second, what waits then has waited for so long: somebody new is better served elsewhere, or later. */
const maxEventLoopDelayMs = 500;
const sampleIntervalMs = 1_000;
/** Starting keeps the event loop busy too, and says nothing about what comes. */
const startingMs = 2 * sampleIntervalMs;
export const retryAfterSeconds = 1;

/** Refuses at once what could only wait: an answer of nobody's use costs as much as one that is awaited. Probes pass. */
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
