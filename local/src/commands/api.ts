import { StartError } from "../start-error.ts";

/** Where the operator's commands go and as whom; the defaults are those of `npm start`. */
const gatewayUrl = process.env.SIDECART_URL ?? "http://localhost:8080";
const email = process.env.SIDECART_EMAIL ?? "admin@sidecart.test";
const password = process.env.SIDECART_PASSWORD ?? "sidecart-local";

export type Ask = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>;

/** Runs a command against the API as an admin. What fails ends in one line and a non-zero exit. */
export async function asAdmin(work: (ask: Ask) => Promise<void>): Promise<void> {
  try {
    const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
    const { login } = await post<{ login: { token: string } }>(undefined, logIn, { input: { email, password } });
    await work((query, variables = {}) => post(login.token, query, variables));
  } catch (error) {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

async function post<T>(token: string | undefined, query: string, variables: Record<string, unknown>): Promise<T> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const request = { method: "POST", headers, body: JSON.stringify({ query, variables }) };
  const response = await fetch(`${gatewayUrl}/graphql`, request).catch(() => {
    throw new StartError(`no gateway at ${gatewayUrl}: start one with npm start, or name it in SIDECART_URL`);
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  const [first] = errors ?? [];
  if (first) throw new StartError(`${gatewayUrl} as ${email}: ${first.message}`);
  return data;
}
