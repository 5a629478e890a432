import { request } from "node:http";

export type HostileRequest = {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
};
export type HostileReply = { status: number; codes: string[] };

/** Sends a request as it is. A connection that the server closes counts as status 0. */
export function send(gatewayUrl: string, { path = "/graphql", method = "POST", headers, body }: HostileRequest) {
  return new Promise<HostileReply>((resolve) => {
    const sent = request(`${gatewayUrl}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      agent: false,
      timeout: 30_000,
    });
    sent.on("response", async (response) =>
      resolve({ status: response.statusCode ?? 0, codes: await codesIn(response) }),
    );
    sent.on("timeout", () => sent.destroy());
    sent.on("error", () => resolve({ status: 0, codes: [] }));
    sent.end(body);
  });
}

async function codesIn(response: AsyncIterable<Buffer>): Promise<string[]> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part);
    const { errors = [] } = JSON.parse(Buffer.concat(parts).toString());
    return errors.map((error: { extensions?: { code?: string } }) => error.extensions?.code ?? "none");
  } catch {
    return [];
  }
}
