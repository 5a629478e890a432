import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toStatus } from "@sidecart/pluggable/errors";
import { createLogger } from "@sidecart/pluggable/log";
import t from "tap";
import { createClient } from "../src/client.ts";
import { ElasticsearchEngine } from "../src/engine.ts";
import { optionsSchema } from "../src/options.ts";

const secret = "canary-password";
const apiKey = "canary-api-key-of-the-cluster";
const canaries = [secret, apiKey, Buffer.from(`catalog:${secret}`).toString("base64")];

/** How a proxy quotes the request that it refuses. */
const quotes = {
  "a JSON error": (header: string) =>
    JSON.stringify({ error: { type: "refused", root_cause: [{ type: "a", reason: header }] } }),
  "other JSON": (header: string) =>
    JSON.stringify({ headers: { authorization: header }, url: `http://catalog:${secret}@es/_count` }),
  "a text": (header: string) => `refused: authorization: ${header} for http://catalog:${secret}@es:9200/_count`,
};
let answer = { status: 401, quote: quotes["a text"] };
const server = createServer((request, response) => {
  const body = answer.quote(request.headers.authorization ?? "");
  const type = body.startsWith("{") ? "application/json" : "text/plain";
  const headers = { "content-type": type, "x-elastic-product": "Elasticsearch" };
  response.writeHead(answer.status, headers).end(body);
}).listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const { port } = server.address() as AddressInfo;

const settings = {
  "a password": { url: `http://127.0.0.1:${port}`, username: "catalog", password: secret },
  "a password in the URL": { url: `http://catalog:${secret}@127.0.0.1:${port}` },
  "an API key": { url: `http://127.0.0.1:${port}`, apiKey },
};

/** What the component logs and returns for a failed call. */
async function outputOf(given: Record<string, string>): Promise<string> {
  const lines: string[] = [];
  const logger = createLogger("elasticsearch", "debug", { write: (line) => void lines.push(line) });
  const options = optionsSchema.parse(given);
  const engine = new ElasticsearchEngine(await createClient(options), options);
  const error = await engine.count("products", AbortSignal.timeout(5_000)).then(
    () => t.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  await engine.close();
  return `${lines.join("")}${toStatus(error, logger).details}${lines.join("")}`;
}

for (const [credential, given] of Object.entries(settings)) {
  t.test(`${credential} is in no log line and no error, whatever the server responds`, async (t) => {
    for (const status of [400, 401, 403, 429, 500, 503]) {
      for (const [what, quote] of Object.entries(quotes)) {
        answer = { status, quote };
        const output = await outputOf(given);
        t.match(output, /"err":\{/, "it is logged");
        t.same(
          canaries.filter((canary) => output.includes(canary)),
          [],
          `${status} with ${what}: ${output}`,
        );
      }
    }
  });

  t.test(`${credential} is in no log line of a server that cannot be reached`, async (t) => {
    const output = await outputOf({ ...given, url: given.url.replace(String(port), "1") });
    t.match(output, /cannot be reached/);
    t.same(
      canaries.filter((canary) => output.includes(canary)),
      [],
    );
  });
}
