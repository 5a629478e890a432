import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Test } from "tap";

export type BasicAuthProxy = { port: number; user: string; password: string };

/**
 * A proxy in front of an HTTP server on 127.0.0.1 that requires a user and a password, which may change while it runs. Like some
 * proxies it quotes the refused request, with all headers.
 */
export async function basicAuthProxy(t: Test, target: number, password: string): Promise<BasicAuthProxy> {
  const proxy = { port: 0, user: "sidecart", password };
  const server = createServer((incoming, outgoing) => {
    const wanted = `Basic ${Buffer.from(`${proxy.user}:${proxy.password}`).toString("base64")}`;
    const { method, url: path, headers } = incoming;
    if (headers.authorization !== wanted) {
      outgoing.writeHead(401, { "www-authenticate": "Basic", "content-type": "application/json" });
      outgoing.end(JSON.stringify({ refused: { method, path, headers } }));
      return;
    }
    const onwards = request({ host: "127.0.0.1", port: target, method, path, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onwards.on("error", () => outgoing.destroy());
    incoming.pipe(onwards);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}
