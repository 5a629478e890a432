import t, { type Test } from "tap";
import { kubernetesApi } from "../../../tests/support/kubernetes.ts";
import { program } from "../../../tests/support/program.ts";

type Key = { kid: string; d: string; signsFrom?: number };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

/** A Secret behind an API that lets `meanwhile` write before the first change. */
async function secret(t: Test, jwks: string | undefined, meanwhile?: () => string) {
  const held = { version: 7, jwks };
  let rival = meanwhile;
  const { env, asked } = await kubernetesApi(t, ({ method, path, body }) => {
    if (path !== "/api/v1/namespaces/shop/secrets/accounts-signing-keys") return { status: 404 };
    if (method === "PATCH") {
      if (rival) Object.assign(held, { version: held.version + 1, jwks: rival() });
      rival = undefined;
      const { metadata, data } = body as { metadata: { resourceVersion: string }; data: { jwks: string } };
      if (metadata.resourceVersion !== String(held.version)) return { status: 409 };
      Object.assign(held, { version: held.version + 1, jwks: data.jwks });
    }
    const data = held.jwks === undefined ? {} : { data: { jwks: held.jwks } };
    return { status: 200, body: { metadata: { resourceVersion: String(held.version) }, ...data } };
  });
  const text = () => Buffer.from(held.jwks ?? "", "base64").toString();
  const keys = () => JSON.parse(text()).keys as Key[];
  const run = async (verb: string) => {
    const { code, output } = await program("charts/jobs/src/signing-keys.ts", [verb], env);
    const secrets = [...text().matchAll(/"d":"([^"]+)"/g)].map(([, d]) => d ?? "");
    for (const d of secrets) t.notMatch(output, d, "private keys are not written out");
    return { code, output };
  };
  return { run, keys, asked };
}

t.test("an empty Secret gets its first key, once", async (t) => {
  for (const empty of [undefined, "", encode({ keys: [] })]) {
    const { run, keys } = await secret(t, empty);
    t.match(await run("ensure"), { code: 0, output: /new key / });
    const [first, ...others] = keys();
    t.same(others, []);
    t.match(await run("ensure"), { code: 0, output: `there are keys, the newest is ${first?.kid}` });
    t.same(keys(), [first]);
  }
});

t.test("of two that make the first key at once, one wins and the other keeps it", async (t) => {
  const rivals = { kid: "theirs", d: "private" };
  const { run, keys } = await secret(t, "", () => encode({ keys: [rivals] }));
  t.match(await run("ensure"), { code: 0, output: /the newest is theirs/ });
  t.same(keys(), [rivals]);
});

t.test("a rotation puts a new key in front that signs later; another one waits for that", async (t) => {
  const old = { kid: "old", d: "private" };
  const { run, keys } = await secret(t, encode({ keys: [old] }));
  t.match(await run("rotate"), { code: 0, output: /new key / });
  const [newest, ...others] = keys();
  t.same(others, [old]);
  t.ok((newest?.signsFrom ?? 0) > Date.now() / 1000);
  t.match(await run("rotate"), { code: 0, output: /does not sign yet, nothing is changed/ });
  t.same(keys(), [newest, old]);
});

t.test("what is no set of keys is a person's mistake: it stays, and is not shown", async (t) => {
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

t.test("a word that is no verb is refused", async (t) => {
  const { run } = await secret(t, "");
  t.match(await run("mint"), { code: 1, output: /say ensure or rotate/ });
});
