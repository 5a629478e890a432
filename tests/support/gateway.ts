import { createCache } from "@sidecart/gateway/cache/cache";
import { gatewayConfig } from "@sidecart/gateway/config";
import { registerGraphql } from "@sidecart/gateway/graphql";
import { createHttp } from "@sidecart/gateway/http";
import { readServices } from "@sidecart/gateway/reads";
import type { Services } from "@sidecart/gateway/services";
import { createTogether } from "@sidecart/gateway/together";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, commonErrors, verifierFrom } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import type { Test } from "tap";
import type { GraphqlError } from "./graphql.ts";

export type Asked = { method: string; request: Record<string, unknown> };
/** What made-up services answer, by `accounts.getAccounts`; a method that is not here fails the test. */
export type Answers = Record<string, (request: never) => object | Promise<object>>;

/** Services that note what they are asked and answer what they are told to. */
export function recordingServices(answers: Answers): { services: Services; asked: Asked[] } {
  const asked: Asked[] = [];
  const service = (name: string) =>
    new Proxy(
      {},
      {
        get: (_target, method: string) => async (request: Record<string, unknown>, call: CallContext) => {
          // as a sidecar does
          if (Date.now() > call.deadline) throw new AppError(commonErrors.timeout);
          asked.push({ method: `${name}.${method}`, request });
          const answer = answers[`${name}.${method}`];
          if (!answer) throw new Error(`nobody said what ${name}.${method} answers`);
          return answer(request as never);
        },
      },
    );
  const clients = new Proxy({}, { get: (_target, name: string) => service(name) });
  const services = new Proxy({}, { get: (_target, name: string) => (name === "ops" ? clients : service(name)) });
  return { services: services as Services, asked };
}

export const testConfig = (env: Record<string, string> = {}) =>
  gatewayConfig.parse({ SIDECART_APP_ID: "gateway", SIDECART_APP_PORT: "1", APP_API_TOKEN: "x".repeat(16), ...env });

/** What the API reads with; 0: nothing is kept. */
export function readsOver(services: Services, cacheMs = 0) {
  const together = createTogether(services);
  const verifier = verifierFrom(async () => "");
  const options = { reads: readServices(services, together), verifier, maxAgeMs: cacheMs, timeoutMs: 5_000 };
  return { together, reads: createCache(options), answersMs: cacheMs };
}

type Options = { env?: Record<string, string>; cacheMs?: number; countLogin?: () => Promise<void> };

/** The gateway's API over made-up services, without a network. */
export async function startApi(t: Test, answers: Answers, { env, cacheMs, countLogin = async () => {} }: Options = {}) {
  const log = createLogger("gateway", "silent");
  const logged: object[] = [];
  log.error = (entry: object) => void logged.push(entry);
  const { services, asked } = recordingServices(answers);
  const http = await createHttp(testConfig(env), log);
  const over = readsOver(services, cacheMs);
  await registerGraphql(http, { services, ...over, timeoutMs: 5_000, countLogin, log });
  t.teardown(() => http.close());
  const post = async (body: object) => {
    const { statusCode, json } = await http.inject({ method: "POST", url: "/graphql", payload: body });
    const { data, errors = [] } = json<{ data: unknown; errors?: GraphqlError[] }>();
    return { status: statusCode, data, errors, codes: errors.map(({ extensions }) => extensions.code) };
  };
  const ask = (query: string, variables: Record<string, unknown> = {}) => post({ query, variables });
  return { http, reads: over.reads, post, ask, asked, logged };
}
