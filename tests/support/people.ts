import { randomUUID } from "node:crypto";
import { Person } from "./graphql.ts";

type Tokens = { login: { token: string; refreshToken: string } };
const logInQuery = "mutation($input: LoginInput!) { login(input: $input) { token refreshToken } }";
export const goodPassword = "a long enough pass phrase";

export async function logIn(gatewayUrl: string, email: string, password: string): Promise<Person> {
  const { login } = await new Person(gatewayUrl).get<Tokens>(logInQuery, { input: { email, password } });
  return new Person(gatewayUrl, login.token);
}

/** The first admin. The log-in is in the local secret store; for another system, in the environment. */
export const admin = (gatewayUrl: string): Promise<Person> =>
  logIn(
    gatewayUrl,
    process.env.SIDECART_TEST_ADMIN ?? "admin@sidecart.test",
    process.env.SIDECART_TEST_PASSWORD ?? "sidecart-local",
  );

/** A new customer, logged in. */
export async function newCustomer(gatewayUrl: string): Promise<Person & { id: string; email: string }> {
  const email = `${randomUUID()}@example.com`;
  const { registerUser } = await new Person(gatewayUrl).get<{ registerUser: { id: string } }>(
    "mutation($input: RegisterUserInput!) { registerUser(input: $input) { id } }",
    { input: { email, username: "Somebody", password: goodPassword } },
  );
  return Object.assign(await logIn(gatewayUrl, email, goodPassword), { id: registerUser.id, email });
}

/** A new customer with a further role, granted by an admin. */
export async function newPerson(gatewayUrl: string, role: "partner" | "deliverer" | "admin") {
  const person = await newCustomer(gatewayUrl);
  await (await admin(gatewayUrl)).get("mutation($input: GrantRolesInput!) { grantRoles(input: $input) { roles } }", {
    input: { userId: person.id, roles: ["CUSTOMER", role.toUpperCase()] },
  });
  return Object.assign(await logIn(gatewayUrl, person.email, goodPassword), { id: person.id, email: person.email });
}

export type ProductInput = { name: string; price: number; stock: number } & Record<string, unknown>;

/** Creates a product and returns its id. */
export async function newProduct(by: Person, input: Partial<ProductInput> = {}): Promise<string> {
  const { createProduct } = await by.get<{ createProduct: { id: string } }>(
    "mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }",
    { input: { name: "A thing", price: 1000, stock: 10, ...input } },
  );
  return createProduct.id;
}

export const placeOrder = `mutation($input: PlaceOrderInput!) {
  placeOrder(input: $input) { id userId status quantity priceTotal orderProducts { productId quantity price } }
}`;
