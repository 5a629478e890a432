import { instanceAt } from "../instance.ts";
import { recordedGateway } from "../process/run-record.ts";
import { firstAdmin } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";

export type Ask = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

/** The API as an admin: of the instance that is named, else of SIDECART_URL, else of the instance `default`. */
export async function asAdmin(instance: string | undefined): Promise<Ask> {
  const { SIDECART_URL: elsewhere, SIDECART_EMAIL: email, SIDECART_PASSWORD: password } = process.env;
  if (instance === undefined && elsewhere) {
    // The log-in of `npm start` is published: nobody else is to be tried with it.
    if (!email || !password)
      throw new StartError("SIDECART_URL needs SIDECART_EMAIL and SIDECART_PASSWORD of an admin");
    return loggedIn(elsewhere, { email, password });
  }
  return loggedIn(gatewayOf(instance), { email: email ?? firstAdmin.email, password: password ?? firstAdmin.password });
}

async function loggedIn(gateway: string, input: { email: string; password: string }): Promise<Ask> {
  const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const ask =
    (token?: string): Ask =>
    (query, variables = {}) =>
      post(gateway, input.email, token, query, variables);
  const { login } = await ask()<{ login: { token: string } }>(logIn, { input });
  return ask(login.token);
}

function gatewayOf(instance: string | undefined): string {
  const name = instance ?? "default";
  const url = recordedGateway(instanceAt(name).folder);
  if (url) return url;
  const which = name === "default" ? "" : ` -- --instance ${name}`;
  throw new StartError(`instance "${name}" does not run: npm start${which}, or name a gateway in SIDECART_URL`);
}

async function post<T>(
  gateway: string,
  email: string,
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
