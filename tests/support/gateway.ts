import { gatewayConfig } from "@sidecart/gateway/config";
import { connectDomains, fieldCosts, operations, typeDefs } from "@sidecart/gateway/domains/domains";
import { registerGraphql } from "@sidecart/gateway/graphql/register-graphql";
import { createHttp } from "@sidecart/gateway/http/server";
import { createOperationCounts } from "@sidecart/gateway/operation-counts";
import { connectServices, contracts, type Services } from "@sidecart/gateway/services";
import type { CallContext } from "@sidecart/platform/rpc";
import { connectSidecar, startAppServer, type Verifier, verifierFrom } from "@sidecart/platform/rpc";
import { createLogger } from "@sidecart/platform/telemetry";
import type { Test } from "tap";
import { appToken } from "./app-server.ts";
import type { GraphqlError } from "./graphql.ts";

/** A call as a service receives it; nested messages still have their `$typeName`. */
export type ServiceCall = { method: string; request: Record<string, unknown>; context: CallContext };
type Answer = (request: never, context: CallContext) => object | Promise<object>;
/** The services' responses, by `accounts.getAccounts`. Any other method returns an error. */
export type Answers = Record<string, Answer>;

const timeoutMs = 5_000;

/**
 * The gateway's clients, connected to a real gRPC server without a sidecar. The server implements the services'
 * contracts, records each call and responds from a table. Only here tests of the gateway replace the services, for what no
 * real service does when a test asks for it: the exact calls that the gateway sends, their interleaving, and errors of the
 * protocol. tests/e2e runs the gateway with the real services.
 */
export async function startServices(
  t: Test,
  answers: Answers | ((method: string) => Answer | undefined),
): Promise<{ services: Services; calls: ServiceCall[] }> {
  const calls: ServiceCall[] = [];
  const handle = (method: string) => async (message: { $typeName: string }, context: CallContext) => {
    const { $typeName: _, ...request } = message;
    calls.push({ method, request, context });
    const answer = typeof answers === "function" ? answers(method) : answers[method];
    if (!answer) throw new Error(`the test does not say what ${method} answers`);
    return answer(message as never, context);
  };
  const implementations = Object.entries(contracts).map(([name, service]) => ({
    service,
    handlers: Object.fromEntries(service.methods.map(({ localName }) => [localName, handle(`${name}.${localName}`)])),
  }));
  const server = await startAppServer({
    host: "127.0.0.1",
    port: 0,
    appToken,
    timeoutMs,
    log: createLogger("services", "silent"),
    implementations,
  });
  const sidecar = connectSidecar({ port: server.port, apiToken: appToken });
  t.teardown(async () => {
    sidecar.close();
    await server.close(0);
  });
  return { services: connectServices(sidecar), calls };
}

export const testConfig = (env: Record<string, string> = {}) =>
  gatewayConfig.parse({ SIDECART_APP_ID: "gateway", SIDECART_APP_PORT: "1", APP_API_TOKEN: "x".repeat(16), ...env });

export const testCounts = () => createOperationCounts(operations, testConfig().SIDECART_IN_TIME_MS);

type Options = {
  env?: Record<string, string>;
  /** 0 turns the cache off. */
  cacheMs?: number;
  verifier?: Verifier;
  countLogin?: () => Promise<void>;
  introspection?: boolean;
};
type PostOptions = { headers?: Record<string, string> };

/** The gateway's API over services that respond from a table. */
export async function startApi(t: Test, answers: Answers, options: Options = {}) {
  const { env, cacheMs: maxAgeMs = 0, verifier = verifierFrom(async () => "") } = options;
  const { countLogin = async () => {}, introspection = false } = options;
  const log = createLogger("gateway", "silent");
  const logged: object[] = [];
  log.error = (entry: object) => void logged.push(entry);
  const { services, calls } = await startServices(t, answers);
  const counts = testCounts();
  const http = await createHttp(testConfig(env), counts, log);
  const domains = connectDomains({ services, verifier, maxAgeMs, timeoutMs });
  await registerGraphql(http, {
    ...domains,
    typeDefs,
    fieldCosts,
    timeoutMs,
    maxAgeMs,
    introspection,
    counts,
    countLogin,
    learnAccount: () => {},
    log,
  });
  t.teardown(() => http.close());
  const post = async (payload: object, { headers = {} }: PostOptions = {}) => {
    const { statusCode, json } = await http.inject({ method: "POST", url: "/graphql", payload, headers });
    const { data, errors = [] } = json<{ data: unknown; errors?: GraphqlError[] }>();
    return { status: statusCode, data, errors, codes: errors.map(({ extensions }) => extensions.code) };
  };
  const ask = (query: string, variables: Record<string, unknown> = {}, options?: PostOptions) =>
    post({ query, variables }, options);
  /** The requests to a method, in order. */
  const requests = (method: string) => calls.filter((call) => call.method === method).map(({ request }) => request);
  return { http, counts, invalidate: domains.invalidate, post, ask, calls, requests, logged };
}
