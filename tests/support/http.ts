import { connect } from "node:net";
import type { Test } from "tap";
import type { Person } from "./graphql.ts";

const json = { "content-type": "application/json" };
export type Sent = {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  path?: string;
};
export type Reply = { status: number; codes: (string | undefined)[]; data: unknown };

/** Sends a request as `by`, and returns the status and the error codes. No response within 5 seconds is a failure. */
export async function send(
  by: Person,
  { path = "/graphql", headers = json, method = "POST", body }: Sent,
): Promise<Reply> {
  const response = await fetch(`${by.gatewayUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${by.token}`, ...headers },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(5_000),
  });
  const answer = (await response.json()) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
  const codes = (answer.errors ?? []).map(({ extensions }) => extensions?.code);
  return { status: response.status, codes, data: answer.data };
}

export function refused(t: Test, { status, codes }: Reply, wanted: number, what: string): void {
  t.equal(status, wanted, `${what}: ${codes.slice(0, 3)}`);
  t.ok(codes.length > 0 && codes.every((code) => /^[A-Z][A-Z0-9_]+$/.test(String(code))), `${what}: it has a code`);
}

/** Sends raw bytes and returns everything received until the server closes. */
export function raw(gatewayUrl: string, ...parts: (string | Uint8Array)[]): Promise<string> {
  const { hostname, port } = new URL(gatewayUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no end after 5 s: ${answer}`)));
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("error", (error) => (answer ? resolve(answer) : reject(error)));
    socket.on("close", () => resolve(answer));
    for (const part of parts) socket.write(part);
  });
}
