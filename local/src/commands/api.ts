import { instanceAt } from "../instance.ts";
import { recordedGateway } from "../process/run-record.ts";
import { StartError } from "../start-error.ts";

/** As whom the operator's commands log in; the defaults are those of `npm start`. */
const email = process.env.SIDECART_EMAIL ?? "admin@sidecart.test";
const password = process.env.SIDECART_PASSWORD ?? "sidecart-local";

export type Ask = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

/** The API as an admin: of the instance that is named, else of SIDECART_URL, else of the instance `default`. */
export async function asAdmin(instance: string | undefined): Promise<Ask> {
  const gateway = gatewayOf(instance);
  const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const input = { email, password };
  const { login } = await post<{ login: { token: string } }>(gateway, undefined, logIn, { input });
  return (query, variables = {}) => post(gateway, login.token, query, variables);
}

function gatewayOf(instance: string | undefined): string {
  const { SIDECART_URL: elsewhere } = process.env;
  if (instance === undefined && elsewhere) return elsewhere;
  const name = instance ?? "default";
  const url = recordedGateway(instanceAt(name).folder);
  if (url) return url;
  const which = name === "default" ? "" : ` -- --instance ${name}`;
  throw new StartError(`instance "${name}" does not run: npm start${which}, or name a gateway in SIDECART_URL`);
}

async function post<T>(
  gateway: string,
  token: string | undefined,
  query: string,
  variables: Record<string, unknown>,
): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const request = { method: "POST", headers, body: JSON.stringify({ query, variables }) };
  const response = await fetch(`${gateway}/graphql`, request).catch(() => {
    throw new StartError(`no gateway at ${gateway}`);
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  const [first] = errors ?? [];
  if (first) throw new StartError(`${gateway} as ${email}: ${first.message}`);
  return data;
}
