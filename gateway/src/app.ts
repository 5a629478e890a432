import { systemClock } from "@sidecart/platform/ids";
import type { Callee, Sidecar } from "@sidecart/platform/rpc";
import type { Platform, Wiring } from "@sidecart/platform/run";
import type { Telemetry } from "@sidecart/platform/telemetry";
import type { FastifyInstance } from "fastify";
import type { gateway } from "../service.ts";
import { createCache } from "./cache/cache.ts";
import type { GatewayConfig } from "./config.ts";
import { createDrain } from "./drain.ts";
import { registerGraphiql } from "./graphiql.ts";
import { registerGraphql } from "./graphql.ts";
import { registerHealth, registerLocalMetrics } from "./health.ts";
import { createHttp } from "./http.ts";
import { registerRateLimits } from "./rate-limits.ts";
import { createReadiness } from "./readiness.ts";
import { readServices } from "./reads.ts";
import { connectRedis, redisUrl } from "./redis.ts";
import { connectServices } from "./services.ts";
import { subscriptions } from "./subscriptions.ts";
import { createTogether } from "./together.ts";

const notReady = { ready: false, status: "unavailable" } as const;
const lacking = (problems: readonly string[]) => problems.length > 0 && { ...notReady, problems };

/** The gateway, wired. */
export async function wire(platform: Platform<typeof gateway, GatewayConfig>): Promise<Wiring<typeof gateway>> {
  const { config, log, sidecar, verifier, telemetry, problems } = platform;
  const redis = connectRedis(await redisUrl(sidecar), log);
  const services = connectServices(sidecar);
  const together = createTogether(services);
  const cache = createCache({
    reads: readServices(services, together),
    verifier,
    maxAgeMs: config.SIDECART_CACHE_MS,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
  });
  const http = await createHttp(config, log);
  const countLogin = await registerRateLimits(http, config, redis, log);
  const drain = createDrain(http, config.SIDECART_DRAIN_DELAY_MS);
  const reached = createReadiness({ sidecar, services, clock: systemClock, log });
  const readiness = async () => ({ ...(await reached()), ...lacking(problems()), ...(drain.begun() && notReady) });
  registerHealth(http, readiness);
  await registerGraphql(http, {
    services,
    together,
    reads: cache,
    timeoutMs: config.SIDECART_TIMEOUT_MS,
    answersMs: config.SIDECART_CACHE_MS,
    countLogin,
    log,
  });
  if (config.SIDECART_LOCAL) await registerLocal(http, telemetry);
  return {
    subscriptions: subscriptions({ follower: cache }),
    calls: publicServices(),
    http: {
      listen: async () =>
        void (await http.listen({ host: config.SIDECART_HTTP_HOST, port: config.SIDECART_HTTP_PORT })),
      isReady: async () => (await readiness()).ready,
      drain: drain.run,
    },
    stop: () => redis.disconnect(),
  };
}

/** For people who sit at this machine. */
async function registerLocal(http: FastifyInstance, telemetry: Pick<Telemetry, "prometheus">): Promise<void> {
  registerLocalMetrics(http, telemetry);
  await registerGraphiql(http);
}

/** Everything of everybody that we connect to may be called. */
function publicServices(): Callee[] {
  const callees: Callee[] = [];
  const note: Sidecar["service"] = ({ typeName }, app) => {
    callees.push({ app, operation: `${typeName}/*` });
    return {} as never;
  };
  connectServices({ service: note });
  return callees;
}
