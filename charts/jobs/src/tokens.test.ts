import t, { type Test } from "tap";
import { kubernetesApi } from "../../../tests/support/kubernetes.ts";
import { program } from "../../../tests/support/program.ts";

const encode = (text: string) => Buffer.from(text).toString("base64");
const decode = (text = "") => Buffer.from(text, "base64").toString();

/** A server with these Secrets, by name. `rival` fills a Secret once, just before the program does. */
async function secrets(t: Test, stored: Record<string, string | undefined>, rival?: { name: string; token: string }) {
  const versions: Record<string, number> = {};
  let waiting = rival;
  const { env } = await kubernetesApi(t, ({ method, path, body }) => {
    const name = path.match(/^\/api\/v1\/namespaces\/shop\/secrets\/([^/]+)$/)?.[1] ?? "";
    if (!(name in stored)) return { status: 404, body: { message: `secrets "${name}" not found` } };
    if (method === "PATCH") {
      if (waiting?.name === name) {
        stored[name] = waiting.token;
        versions[name] = (versions[name] ?? 0) + 1;
        waiting = undefined;
      }
      const { metadata, data } = body as { metadata: { resourceVersion: string }; data: { token: string } };
      if (metadata.resourceVersion !== String(versions[name] ?? 0)) return { status: 409 };
      stored[name] = decode(data.token);
      versions[name] = (versions[name] ?? 0) + 1;
    }
    const token = stored[name];
    const data = token === undefined ? {} : { data: { token: encode(token) } };
    return { status: 200, body: { metadata: { resourceVersion: String(versions[name] ?? 0) }, ...data } };
  });
  const run = async (...names: string[]) => {
    const ended = await program("charts/jobs/src/tokens.ts", names, env);
    for (const token of Object.values(stored)) if (token) t.notMatch(ended.output, token, "no token is in the log");
    return ended;
  };
  return run;
}

t.test("each Secret without a token gets its own, and a second run keeps them", async (t) => {
  const stored: Record<string, string | undefined> = { "orders-api-token": undefined, "orders-app-token": "" };
  const run = await secrets(t, stored);
  t.match(await run("orders-api-token", "orders-app-token"), { code: 0, output: /orders-api-token: added a token/ });
  const first = { ...stored };
  for (const token of Object.values(first)) t.match(token, /^[A-Za-z0-9_-]{43}$/);
  t.not(first["orders-api-token"], first["orders-app-token"]);
  t.match(await run("orders-api-token", "orders-app-token"), { code: 0, output: /already has a token/ });
  t.same(stored, first);
});

t.test("a token that someone has rotated stays", async (t) => {
  const stored = { "orders-api-token": "rotated-by-hand" };
  const run = await secrets(t, stored);
  t.match(await run("orders-api-token"), { code: 0, output: /already has a token/ });
  t.same(stored, { "orders-api-token": "rotated-by-hand" });
});

t.test("of two concurrent programs one adds the token and the other keeps it", async (t) => {
  const stored: Record<string, string | undefined> = { "orders-api-token": undefined };
  const run = await secrets(t, stored, { name: "orders-api-token", token: "of-the-other" });
  t.match(await run("orders-api-token"), { code: 0, output: /already has a token/ });
  t.same(stored, { "orders-api-token": "of-the-other" });
});

t.test("a missing Secret is an error with its name", async (t) => {
  const run = await secrets(t, {});
  t.match(await run("orders-api-token"), { code: 1, output: /tokens: secret orders-api-token could not be read: 404/ });
  t.match(await run(), { code: 1, output: /tokens: name the Secrets/ });
});
