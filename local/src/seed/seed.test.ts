import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pTimeout from "p-timeout";
import t, { type Test } from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { seed } from "./seed.ts";

const answers: Record<string, object> = {
  products: { data: { products: { nodes: [], pageInfo: { endCursor: null, hasNextPage: false } } } },
  login: { data: { login: { token: "a" } } },
  registerUser: { errors: [{ message: "taken", extensions: { code: "EMAIL_TAKEN" } }] },
  createProduct: { errors: [{ message: "unknown", extensions: { code: "UNKNOWN_PARTNER" } }] },
};

/** The seed's number of concurrent requests. */
const workers = 8;

/** A gateway whose catalogue never learns of the partners. `refused` resolves when every worker was refused. */
async function gateway(t: Test): Promise<{ url: string; refused: Promise<unknown> }> {
  let refusals = 0;
  let answered = 0;
  let received = 0;
  subscribe("undici:request:trailers", () => {
    received += 1;
  });
  const server = createServer(async (request, response) => {
    const { query } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { query: string };
    const [, operation = ""] = query.match(/\{\s*(\w+)/) ?? [];
    if (operation === "createProduct") refusals += 1;
    answered += 1;
    response.end(JSON.stringify(answers[operation]));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = async () => refusals >= workers && received === answered;
  return { url, refused: eventually("every worker to be refused", all) };
}

t.test("an abort ends the wait for the catalogue at once", async (t) => {
  const stop = new AbortController();
  const { url, refused } = await gateway(t);
  const ended = seed(url, stop.signal).then(
    () => "seeded",
    (error: Error) => error.name,
  );
  await refused;
  stop.abort();
  t.equal(await pTimeout(ended, { milliseconds: 100, message: "it waits" }), "AbortError");
});
