export type GraphqlError = { message: string; path?: string[]; extensions: Record<string, unknown> & { code: string } };
export type Answer<T> = { status: number; data: T | null; errors: GraphqlError[] };

/** A client of the API. Every call carries its token, once it has one. */
export class Person {
  readonly gatewayUrl: string;
  token: string | undefined;
  readonly #headers: Record<string, string>;

  constructor(gatewayUrl: string, token?: string, headers: Record<string, string> = {}) {
    this.gatewayUrl = gatewayUrl;
    this.token = token;
    this.#headers = headers;
  }

  /** The whole response, with any status. */
  async ask<T = Record<string, never>>(query: string, variables: Record<string, unknown> = {}): Promise<Answer<T>> {
    const response = await fetch(`${this.gatewayUrl}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...this.#headers,
        ...(this.token && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(20_000),
    });
    const body = (await response.json()) as { data?: T | null; errors?: GraphqlError[] };
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  }

  /** The data; any error fails the test. */
  async get<T = Record<string, never>>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors, status } = await this.ask<T>(query, variables);
    if (data === null || errors.length > 0) throw new Error(`${status} ${JSON.stringify(errors)} for ${query}`);
    return data;
  }

  /** The code of the error; a response without an error fails the test. */
  async refusal(query: string, variables: Record<string, unknown> = {}): Promise<string> {
    const { errors, data } = await this.ask(query, variables);
    const [first] = errors;
    if (!first) throw new Error(`not refused: ${JSON.stringify(data)}`);
    return first.extensions.code;
  }
}
