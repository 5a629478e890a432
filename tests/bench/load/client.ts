import { Client } from "undici";
import type { Exchange } from "../adapter.ts";

export type Reply = { status: number; body: string };

/** One connection with one pending request at a time. */
export class Connection {
  readonly #clients = new Map<string, Client>();

  send({ url, headers, body }: Exchange): Promise<Reply> {
    const { origin, pathname } = addressOf(url);
    const client = this.#clientOf(origin);
    const parts: Buffer[] = [];
    let status = 0;
    return new Promise((resolve, reject) => {
      client.dispatch(
        { path: pathname, method: "POST", headers: { "content-type": "application/json", ...headers }, body },
        {
          onRequestStart: () => {}, // undici requires it
          onResponseStart: (_controller, code) => {
            status = code;
          },
          onResponseData: (_controller, part) => void parts.push(part),
          onResponseEnd: () => resolve({ status, body: textOf(parts) }),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
  }

  #clientOf(origin: string): Client {
    let client = this.#clients.get(origin);
    if (!client) {
      client = new Client(origin, { headersTimeout: 30_000, bodyTimeout: 30_000 });
      this.#clients.set(origin, client);
    }
    return client;
  }
}

const addresses = new Map<string, URL>();

/** Each address is parsed once. */
function addressOf(url: string): URL {
  let address = addresses.get(url);
  if (!address) {
    address = new URL(url);
    addresses.set(url, address);
  }
  return address;
}

const textOf = (parts: Buffer[]): string =>
  parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString("utf8");
