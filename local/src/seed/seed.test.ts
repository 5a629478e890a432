import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import t, { type Test } from "tap";
import { seed } from "./seed.ts";

const answers: Record<string, object> = {
  products: { data: { products: [] } },
  login: { data: { login: { token: "a" } } },
  registerUser: { errors: [{ message: "taken", extensions: { code: "EMAIL_TAKEN" } }] },
  createProduct: { errors: [{ message: "unknown", extensions: { code: "UNKNOWN_PARTNER" } }] },
};

/** As many as the seed has in flight. */
const workers = 8;

/** A gateway whose catalogue never hears of the partners; `refused` is told when every worker has been refused. */
async function gateway(t: Test, refused: () => void): Promise<string> {
  let times = 0;
  const server = createServer(async (request, response) => {
    const { query } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { query: string };
    const [, operation = ""] = query.match(/\{\s*(\w+)/) ?? [];
    if (operation === "createProduct") times += 1;
    if (times === workers) response.on("finish", refused);
    response.end(JSON.stringify(answers[operation]));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("being stopped ends the wait for the catalogue at once", async (t) => {
  const stop = new AbortController();
  const waiting = Promise.withResolvers<void>();
  const ended = seed(await gateway(t, waiting.resolve), stop.signal).then(
    () => "seeded",
    (error: Error) => error.name,
  );
  await waiting.promise;
  await pause(50); // until the last answer has reached it: nothing tells
  stop.abort();
  t.equal(await Promise.race([ended, pause(100, "it waits")]), "AbortError");
});
