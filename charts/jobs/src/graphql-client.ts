const timeoutMs = 20_000;

type GraphqlResponse = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };

/** A client of the GraphQL API for one user, or for an anonymous one without a token. */
export class GraphqlClient {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  as(token: string): GraphqlClient {
    return new GraphqlClient(this.#url, token);
  }

  /** Returns the data. An error contains the query, but not its variables, which may be secret. */
  async request<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(new URL("/graphql", this.#url), {
      method: "POST",
      headers: { "content-type": "application/json", ...(this.#token && { authorization: `Bearer ${this.#token}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors = [] } = (await response.json()) as GraphqlResponse;
    const [error] = errors;
    if (!error && data) return data as T;
    const code = error?.extensions?.code ?? "no data";
    throw new Error(`${query}: ${response.status} ${code} ${error?.message ?? ""}`.trimEnd());
  }
}
