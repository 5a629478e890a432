const answerMs = 20_000;

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };

/** One person at the API, who may have a token. */
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

  /** The data; anything else is an error that says what was asked for, without its variables. */
  async ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(new URL("/graphql", this.#url), {
      method: "POST",
      headers: { "content-type": "application/json", ...(this.#token && { authorization: `Bearer ${this.#token}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(answerMs),
    });
    const { data, errors = [] } = (await response.json()) as Answer;
    const [error] = errors;
    if (!error && data) return data as T;
    const code = error?.extensions?.code ?? "no data";
    throw new Error(`${query}: ${response.status} ${code} ${error?.message ?? ""}`.trimEnd());
  }
}
