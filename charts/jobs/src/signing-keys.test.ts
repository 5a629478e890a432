import t, { type Test } from "tap";
import { kubernetesApi } from "../../../tests/support/kubernetes.ts";
import { program } from "../../../tests/support/program.ts";

type Key = { kid: string; d: string; signsFrom?: number };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

/** A server with one Secret. `concurrentWrite` changes it once before the program's first write. */
async function secret(t: Test, jwks: string | undefined, concurrentWrite?: () => string) {
  const stored = { version: 7, jwks };
  let rival = concurrentWrite;
  const { env, asked } = await kubernetesApi(t, ({ method, path, body }) => {
    if (path !== "/api/v1/namespaces/shop/secrets/accounts-signing-keys") return { status: 404 };
    if (method === "PATCH") {
      if (rival) Object.assign(stored, { version: stored.version + 1, jwks: rival() });
      rival = undefined;
      const { metadata, data } = body as { metadata: { resourceVersion: string }; data: { jwks: string } };
      if (metadata.resourceVersion !== String(stored.version)) return { status: 409 };
      Object.assign(stored, { version: stored.version + 1, jwks: data.jwks });
    }
    const data = stored.jwks === undefined ? {} : { data: { jwks: stored.jwks } };
    return { status: 200, body: { metadata: { resourceVersion: String(stored.version) }, ...data } };
  });
  const text = () => Buffer.from(stored.jwks ?? "", "base64").toString();
  const keys = () => JSON.parse(text()).keys as Key[];
  const run = async (verb: string) => {
    const { code, output } = await program("charts/jobs/src/signing-keys.ts", [verb], env);
    const secrets = [...text().matchAll(/"d":"([^"]+)"/g)].map(([, d]) => d ?? "");
    for (const d of secrets) t.notMatch(output, d, "the output contains no private key");
    return { code, output };
  };
  return { run, keys, asked };
}

t.test("ensure adds a first key to an empty Secret and keeps an existing key", async (t) => {
  for (const empty of [undefined, "", encode({ keys: [] })]) {
    const { run, keys } = await secret(t, empty);
    t.match(await run("ensure"), { code: 0, output: /added key / });
    const [first, ...others] = keys();
    t.same(others, []);
    t.match(await run("ensure"), { code: 0, output: `already has keys, the newest is ${first?.kid}` });
    t.same(keys(), [first]);
  }
});

t.test("of two concurrent programs one adds the first key and the other keeps it", async (t) => {
  const theirs = { kid: "theirs", d: "private" };
  const { run, keys } = await secret(t, "", () => encode({ keys: [theirs] }));
  t.match(await run("ensure"), { code: 0, output: /the newest is theirs/ });
  t.same(keys(), [theirs]);
});

t.test("rotate adds a key that signs later, and changes nothing while such a key exists", async (t) => {
  const old = { kid: "old", d: "private" };
  const { run, keys } = await secret(t, encode({ keys: [old] }));
  t.match(await run("rotate"), { code: 0, output: /added key / });
  const [newest, ...others] = keys();
  t.same(others, [old]);
  t.ok((newest?.signsFrom ?? 0) > Date.now() / 1000);
  t.match(await run("rotate"), { code: 0, output: /unchanged, because the newest key does not sign yet/ });
  t.same(keys(), [newest, old]);
});

t.test("a Secret with other content is an error: it stays unchanged and is not printed", async (t) => {
  const { run, asked } = await secret(t, Buffer.from("my treasure").toString("base64"));
  const { code, output } = await run("ensure");
  t.equal(code, 1);
  t.match(output, "secret accounts-signing-keys: jwks is not a JSON Web Key Set");
  t.notMatch(output, "treasure");
  t.same(
    asked.map(({ method }) => method),
    ["GET"],
  );
});

t.test("an unknown command is an error", async (t) => {
  const { run } = await secret(t, "");
  t.match(await run("mint"), { code: 1, output: /must be ensure or rotate/ });
});
