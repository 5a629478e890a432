import { firstAdmin } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { chosenInstance, gatewayOf } from "./running-instance.ts";

const shownCharacters = 80;
const elsewhereToo = "set SIDECART_URL to the URL of a gateway";

type Answer<T> = { data: T; errors?: { message: string }[] };

export type Ask = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

export interface LogIn {
  email: string;
  password: string;
}

/** The API, called as an admin. */
export async function asAdmin(instance: string | undefined): Promise<Ask> {
  const { gateway, admin } = gatewayAndAdmin(instance);
  return loggedIn(gateway, admin);
}

/** A gateway and its admin: of the given instance, else of SIDECART_URL, else of the only running instance. */
export function gatewayAndAdmin(instance: string | undefined): { gateway: string; admin: LogIn } {
  const { SIDECART_URL: elsewhere, SIDECART_EMAIL: email, SIDECART_PASSWORD: password } = process.env;
  if (instance === undefined && elsewhere) {
    // The log-in of `npm start` is published, so we never send it to another gateway.
    if (!email || !password)
      throw new StartError("SIDECART_URL needs SIDECART_EMAIL and SIDECART_PASSWORD of an admin");
    return { gateway: gatewayUrl(elsewhere, "SIDECART_URL"), admin: { email, password } };
  }
  const admin = { email: email ?? firstAdmin.email, password: password ?? firstAdmin.password };
  return { gateway: gatewayOf(chosenInstance(instance, elsewhereToo), elsewhereToo), admin };
}

/** The URL without a slash at its end; `from` is its source, for errors. */
export function gatewayUrl(text: string, from: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw new StartError(`${from}: "${text}" is not the URL of a gateway, such as http://localhost:8080`);
  }
  return text.replace(/\/+$/, "");
}

export function asNobody(gateway: string): Ask {
  return (query, variables = {}) => post(gateway, "nobody", undefined, query, variables);
}

export async function loggedIn(gateway: string, input: LogIn): Promise<Ask> {
  const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const { login } = await post<{ login: { token: string } }>(gateway, input.email, undefined, logIn, { input });
  return (query, variables = {}) => post(gateway, input.email, login.token, query, variables);
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
  const text = await response.text();
  const answer = parsed<T>(text);
  if (!answer) {
    const start = text.replaceAll(/\s+/g, " ").trim().slice(0, shownCharacters);
    throw new StartError(`${gateway} is not a Sidecart gateway: it responds with ${response.status} "${start}"`);
  }
  const { data, errors } = answer;
  const [first] = errors ?? [];
  if (first) throw new StartError(`${gateway} as ${email}: ${first.message}`);
  return data;
}

/** Undefined when the text is not a GraphQL response, such as a proxy's page or another program's JSON. */
function parsed<T>(text: string): Answer<T> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const isAnswer = typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer);
    return isAnswer ? (answer as Answer<T>) : undefined;
  } catch {
    return undefined;
  }
}
