import pLimit from "p-limit";
import pRetry from "p-retry";
import { GraphqlClient, Refused } from "./graphql.ts";
import { type Person, people, samplePassword } from "./people.ts";
import { type SampleProduct, sampleProducts } from "./products.ts";

const inFlight = 8;
const pageSize = 100;
const knownWithinMs = 30_000;
const askAgainMs = 200;

/** The admin's log-in, and the password of the sample accounts. */
export interface LogIns {
  admin: { email: string; password: string };
  password: string;
}

const published: LogIns = {
  admin: { email: people[0]?.email ?? "", password: samplePassword },
  password: samplePassword,
};

/**
 * Creates missing sample accounts and products through the gateway. Idempotent: existing ones stay unchanged. Returns
 * false if nothing was missing; throws when `signal` aborts it.
 */
export async function seed(gatewayUrl: string, signal: AbortSignal, logIns: LogIns = published): Promise<boolean> {
  const { admin: first, password } = logIns;
  const client = new GraphqlClient(gatewayUrl, signal);
  const present = await productNames(client);
  const missing = sampleProducts().filter(({ name }) => !present.has(name));
  if (missing.length === 0) return false;
  const admin = client.as(await logIn(client, first.email, first.password));
  await Promise.all(people.slice(1).map((person) => register(client, admin, person, password)));
  const shops = await shopClients(client, missing, password);
  await pLimit(inFlight).map(missing, (product) =>
    createProduct(shops.get(product.partner ?? "") ?? admin, product, signal),
  );
  return true;
}

type Listing = {
  products: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
};

async function productNames(client: GraphqlClient): Promise<Set<string>> {
  const names = new Set<string>();
  const query = `query ($first: Int, $after: String) {
    products(first: $first, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }`;
  for (let after: string | null = null, more = true; more; ) {
    const { products }: Listing = await client.send<Listing>(query, { first: pageSize, after });
    for (const { name } of products.nodes) names.add(name);
    ({ hasNextPage: more, endCursor: after } = products.pageInfo);
  }
  return names;
}

async function register(
  client: GraphqlClient,
  admin: GraphqlClient,
  { email, username, role }: Person,
  password: string,
): Promise<void> {
  const query = "mutation ($input: RegisterUserInput!) { registerUser(input: $input) { id } }";
  try {
    const input = { email, username, password };
    const { registerUser } = await client.send<{ registerUser: { id: string } }>(query, { input });
    if (role !== "customer") await grant(admin, registerUser.id, role);
  } catch (error) {
    if (!(error instanceof Refused && error.code === "EMAIL_TAKEN")) throw error;
  }
}

async function grant(admin: GraphqlClient, userId: string, role: string): Promise<void> {
  const query = "mutation ($input: GrantRolesInput!) { grantRoles(input: $input) { id } }";
  await admin.send(query, { input: { userId, roles: ["CUSTOMER", role.toUpperCase()] } });
}

async function logIn(client: GraphqlClient, email: string, password: string): Promise<string> {
  const query = "mutation ($input: LoginInput!) { login(input: $input) { token } }";
  const { login } = await client.send<{ login: { token: string } }>(query, { input: { email, password } });
  return login.token;
}

/** A client for each shop that owns some of `products`, by username: a partner creates its own products. */
async function shopClients(
  client: GraphqlClient,
  products: SampleProduct[],
  password: string,
): Promise<Map<string, GraphqlClient>> {
  const shops = people.filter(({ username }) => products.some(({ partner }) => partner === username));
  const entries = shops.map(
    async ({ username, email }) => [username, client.as(await logIn(client, email, password))] as const,
  );
  return new Map(await Promise.all(entries));
}

/** Waits until the catalogue knows the new partners: it learns of them by an event. */
async function createProduct(
  client: GraphqlClient,
  { partner: _, ...input }: SampleProduct,
  signal: AbortSignal,
): Promise<void> {
  const query = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
  await pRetry(() => client.send(query, { input }), {
    retries: knownWithinMs / askAgainMs,
    minTimeout: askAgainMs,
    factor: 1,
    signal,
    shouldRetry: ({ error }) => error instanceof Refused && error.code === "UNKNOWN_PARTNER",
  });
}
