import underPressure from "@fastify/under-pressure";
import { AppError, commonErrors } from "@sidecart/platform/errors";
import type { FastifyInstance } from "fastify";
import { isProbe } from "./health.ts";

/** What waits then has waited for at least so long: somebody new is better served elsewhere, or later. */
const maxEventLoopDelayMs = 250;
const sampleIntervalMs = 200;
export const retryAfterSeconds = 1;

/** Refuses at once what could only wait: an answer of nobody's use costs as much as one that is awaited. Probes pass. */
export async function refuseOverload(app: FastifyInstance): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    sampleInterval: sampleIntervalMs,
    async pressureHandler({ url }, reply) {
      if (isProbe(url)) return;
      reply.header("retry-after", retryAfterSeconds);
      throw new AppError(commonErrors.overloaded);
    },
  });
}
