import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { asAdmin } from "./api.ts";

/** The URL of a server that is not a gateway. */
async function stranger(t: Test, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const before = { ...process.env };
t.teardown(() => Object.assign(process.env, before));

t.test("a response that is not a gateway's is reported in one line, with its beginning", async (t) => {
  const bodies = ["<html>\n  <title>502 Bad Gateway</title></html>", '{"status":"ok"}', ""];
  for (const body of bodies) {
    const url = await stranger(t, 502, body);
    Object.assign(process.env, { SIDECART_URL: url, SIDECART_EMAIL: "a@example.test", SIDECART_PASSWORD: "secret" });
    const start = body.replaceAll(/\s+/g, " ");
    const message = `${url} is not a Sidecart gateway: it responds with 502 "${start}"`;
    await t.rejects(asAdmin(undefined), { name: "StartError", message });
  }
});
