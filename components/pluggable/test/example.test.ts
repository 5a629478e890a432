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

/** A server of rates; what it does with a request is the test's. */
async function startRates(t: Test, answer: (response: ServerResponse) => void): Promise<{ url: string; stop(): void }> {
  const server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

const tell = (response: ServerResponse) => response.end('{"SEK":11.5}');
const order = { amountMinor: 1_000, from: "EUR", to: "SEK" };

t.test("docs/components.md shows the files that are tested here", async (t) => {
  const text = await readFile(join(root, "docs/components.md"), "utf8");
  const shown = [...text.matchAll(/^`(components\/pluggable\/example\/\S+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  t.equal(shown.length, 3);
  for (const [, path = "", code] of shown) t.equal(code, await readFile(join(root, path), "utf8"), path);
});

t.test("an app reaches the example through its sidecar, with its address from the secret store", async (t) => {
  const rates = await startRates(t, tell);
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ currencies: { url: rates.url } }));
  await startComponent(t, join(example, "main.ts"), folder);
  const resources = [join(root, "components/resources/secrets/local"), example];
  const sidecar = await startSidecar(t, { appId: "catalog", folder, resources });
  t.same(await sidecar.invoke("currencies", "convert", order), { amountMinor: 11_500 });
  const refusals: [data: object, said: RegExp][] = [
    [{ ...order, to: "XXX" }, /code = NotFound desc = to: there is no rate from EUR to XXX/],
    [{ ...order, from: "euro" }, /code = InvalidArgument desc = from: must be an ISO 4217 code/],
  ];
  for (const [data, said] of refusals)
    await t.rejects(sidecar.invoke("currencies", "convert", data), { message: said });
  rates.stop();
  await t.rejects(sidecar.invoke("currencies", "convert", order), { message: /code = Unavailable desc = the rates/ });
});

t.test("wrong options of the example are named", async (t) => {
  const { client } = await serve(t, currencies);
  await t.rejects(client.init({ url: "somewhere", timeout: "5" }), {
    code: status.INVALID_ARGUMENT,
    details: "component search: option url: must be a URL;\ncomponent search: option timeout: there is no such",
  });
});

t.test("the example answers what it was asked before it stops", async (t) => {
  const asked = Promise.withResolvers<ServerResponse>();
  const { url } = await startRates(t, asked.resolve);
  const { client, stop } = await serve(t, currencies);
  await client.init({ url });
  const answer = client.invoke("convert", order);
  const response = await asked.promise;
  const stopping = stop();
  tell(response);
  t.same(await answer, { amountMinor: 11_500 });
  await stopping;
});
