import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import t, { type Test } from "tap";
import { startComponent, startSidecar } from "../../../tests/support/standing-sidecar.ts";
import { currencies } from "../example/currencies.ts";
import { serve, temporaryFolder } from "../src/testing.ts";

const example = join(import.meta.dirname, "../example");
const root = join(import.meta.dirname, "../../..");

/** A server of exchange rates. The test decides how it responds. */
async function startRates(
  t: Test,
  respond: (response: ServerResponse) => void,
): Promise<{ url: string; stop(): void }> {
  const server = createServer((_request, response) => respond(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

const sendRates = (response: ServerResponse) => response.end('{"SEK":11.5}');
const order = { amountMinor: 1_000, from: "EUR", to: "SEK" };

t.test("docs/components.md contains the files of the example unchanged", async (t) => {
  const text = await readFile(join(root, "docs/components.md"), "utf8");
  const shown = [...text.matchAll(/^`(components\/pluggable\/example\/\S+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  t.equal(shown.length, 3);
  for (const [, path = "", code] of shown) t.equal(code, await readFile(join(root, path), "utf8"), path);
});

t.test("an app calls the example through its sidecar; the server's address is in the secret store", async (t) => {
  const rates = await startRates(t, sendRates);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ currencies: { url: rates.url } }));
  await startComponent(t, join(example, "main.ts"), folder);
  const resources = [join(root, "components/resources/secrets/local"), example];
  const sidecar = await startSidecar(t, { appId: "catalog", folder, resources });
  t.same(await sidecar.invoke("currencies", "convert", order), { amountMinor: 11_500 });
  const invalid: [data: object, message: RegExp][] = [
    [{ ...order, to: "XXX" }, /code = NotFound desc = to: no rate from EUR to XXX/],
    [{ ...order, from: "euro" }, /code = InvalidArgument desc = from: must be an ISO 4217 code/],
  ];
  for (const [data, message] of invalid) await t.rejects(sidecar.invoke("currencies", "convert", data), { message });
  rates.stop();
  await t.rejects(sidecar.invoke("currencies", "convert", order), {
    message: /code = Unavailable desc = the exchange rates/,
  });
});

t.test("the example rejects invalid options and names them", async (t) => {
  const { client } = await serve(t, currencies);
  await t.rejects(client.init({ url: "somewhere", timeout: "5" }), {
    code: status.INVALID_ARGUMENT,
    details: "component search: option url: must be a URL;\ncomponent search: option timeout: is not a known option",
  });
});

t.test("the example finishes its call in flight before it stops", async (t) => {
  const received = Promise.withResolvers<ServerResponse>();
  const { url } = await startRates(t, received.resolve);
  const { client, stop } = await serve(t, currencies);
  await client.init({ url });
  const call = client.invoke("convert", order);
  const response = await received.promise;
  const stopping = stop();
  sendRates(response);
  t.same(await call, { amountMinor: 11_500 });
  await stopping;
});
