export type Headers = Record<string, string>;

export const headers: Headers = { "content-type": "application/json" };

/** The header contains the token without a scheme. */
export const headersOf = (token: string): Headers => ({ ...headers, authorization: token });

export const bodyOf = (query: string, variables: Record<string, unknown> = {}) => JSON.stringify({ query, variables });

export const logIn = "mutation ($input: Login!) { login(input: $input) { token } }";
export const registerUser = "mutation ($input: NewUser!) { registerUser(input: $input) { id } }";
export const product = "query ($id: ID!) { product(id: $id) { id name description price stock } }";
export const products = "{ products { id name description price stock } }";
export const orders = "{ orders { id user_id price_total quantity } }";
export const order =
  "query ($id: ID!) { order(id: $id) { id user_id price_total quantity order_products { product_id quantity price } } }";
export const placeOrder =
  "mutation ($input: PlaceOrder!) { placeOrder(input: $input) " +
  "{ id user_id price_total quantity order_products { product_id quantity price } } }";

/** Sends a request outside the measurement and returns its data; throws on an error. */
export async function data<T>(url: string, query: string, variables: Record<string, unknown>): Promise<T> {
  const response = await fetch(url, { method: "POST", headers, body: bodyOf(query, variables) });
  const answer = (await response.json()) as { data: T | null; errors?: unknown };
  if (!answer.data || answer.errors)
    throw new Error(`${response.status} ${JSON.stringify(answer.errors)} for ${query}`);
  return answer.data;
}
