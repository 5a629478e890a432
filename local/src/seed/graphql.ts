import { StartError } from "../start-error.ts";

interface Answer<T> {
  data?: T | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The gateway refused an operation; `code` is one of its stable codes. */
export class Refused extends StartError {
  readonly code: string;

  constructor(operation: string, code: string, message: string) {
    super(`sample data: ${operation} was refused: ${message} (${code})`);
    this.code = code;
  }
}

/** A GraphQL client of the gateway, with or without an access token. */
export class GraphqlClient {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;
  readonly #token: string | undefined;

  /** `signal` aborts requests in progress and closes their connections. */
  constructor(url: string, signal?: AbortSignal, token?: string) {
    this.#url = url;
    this.#signal = signal;
    this.#token = token;
  }

  as(token: string): GraphqlClient {
    return new GraphqlClient(this.#url, this.#signal, token);
  }

  /** Runs an operation and returns its data; `variables` as the schema defines them. Throws `Refused`. */
  async send<T>(query: string, variables: Record<string, unknown>): Promise<T> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: "POST",
      signal: this.#signal ?? null,
      headers: {
        "content-type": "application/json",
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
    }).catch((error: unknown) => {
      throw new StartError("sample data: the gateway does not respond", [], { cause: error });
    });
    const { data, errors } = (await response.json()) as Answer<T>;
    const [error] = errors ?? [];
    if (data && !error) return data;
    const operation = query.match(/\{\s*(\w+)/)?.[1] ?? "request";
    throw new Refused(operation, error?.extensions?.code ?? String(response.status), error?.message ?? "no data");
  }
}
