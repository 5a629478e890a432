import { newId } from "@sidecart/platform/ids";
import { background, verifierFrom } from "@sidecart/platform/rpc";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import t from "tap";
import { loadSigningKeys } from "./signing-keys.ts";
import { accessTokenSeconds, hashToken, newRefreshToken, signAccessToken } from "./tokens.ts";

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const { kty, crv, x, y, d } = await exportJWK(privateKey);
  return { kty, crv, x, y, d } as JWK;
}

const secretOf = (...keys: unknown[]) => JSON.stringify({ keys });
const account = { id: newId(), roles: ["customer"] as const };
const sign = (keys: Awaited<ReturnType<typeof loadSigningKeys>>, at = new Date()) =>
  signAccessToken(keys, { ...account, roles: [...account.roles] }, newId(), at);
const showing = (token: string) => ({ ...background(1_000), authorization: `Bearer ${token}` });

t.test("only public keys are published", async (t) => {
  const keys = await loadSigningKeys(async () => secretOf(await newKey(), await newKey()));
  const { keys: published } = keys.publicJwks();
  t.equal(published.length, 2);
  for (const jwk of published) {
    t.match(jwk, { kty: "EC", crv: "P-256", alg: "ES256", use: "sig", kid: /^[\w-]{43}$/ });
    t.notOk("d" in jwk);
  }
  t.equal(keys.current(new Date()).kid, published[0]?.kid);
});

t.test("a key keeps its id at any position in the set", async (t) => {
  const [one, two] = [await newKey(), await newKey()];
  const ids = async (...some: JWK[]) => {
    const keys = await loadSigningKeys(async () => secretOf(...some));
    return keys.publicJwks().keys.map(({ kid }) => kid);
  };
  t.same(await ids(one, two), (await ids(two, one)).reverse());
  t.same(await ids(one), (await ids(one, two)).slice(0, 1));
});

t.test("after a rotation the new key signs, and tokens of the old one verify until it is removed", async (t) => {
  const [before, after] = [await newKey(), await newKey()];
  let secret = secretOf(before);
  const keys = await loadSigningKeys(async () => secret);
  const verify = (token: string) => verifierFrom(async () => JSON.stringify(keys.publicJwks())).caller(showing(token));
  const old = await sign(keys);
  secret = secretOf(after, before);
  t.match(await verify(old), { accountId: account.id }, "not before it is read");
  await keys.reload();
  const young = await sign(keys);
  for (const token of [old, young]) t.match(await verify(token), { accountId: account.id });
  t.not(old.split(".")[0], young.split(".")[0], "another key id");
  secret = secretOf(after);
  await keys.reload();
  await t.rejects(verify(old), { code: "UNAUTHENTICATED" });
  t.match(await verify(young), { accountId: account.id });
});

t.test("a new key is published at once, and signs from its start time on", async (t) => {
  const [before, after] = [await newKey(), await newKey()];
  const signsFrom = 1_800_000_000;
  const at = (seconds: number) => new Date((signsFrom + seconds) * 1_000);
  for (const some of [
    [{ ...after, signsFrom }, before],
    [
      { ...before, signsFrom: 1_700_000_000 },
      { ...after, signsFrom },
    ],
  ]) {
    const keys = await loadSigningKeys(async () => secretOf(...some));
    const [newest, oldest] = keys.publicJwks().keys;
    t.match([newest?.x, oldest?.x], [after.x, before.x]);
    t.notOk(keys.publicJwks().keys.some((jwk) => "signsFrom" in jwk));
    t.equal(keys.current(at(-0.001)).kid, oldest?.kid);
    t.equal(keys.current(at(0)).kid, newest?.kid);
  }
  const alone = await loadSigningKeys(async () => secretOf({ ...after, signsFrom }));
  t.equal(alone.current(at(-1)).kid, alone.publicJwks().keys[0]?.kid, "a single key signs before its start time");
});

t.test("an unreadable secret leaves the keys unchanged", async (t) => {
  let secret = secretOf(await newKey());
  const keys = await loadSigningKeys(async () => secret);
  const { kid } = keys.current(new Date());
  const three = [await newKey(), await newKey(), await newKey()];
  const { d: _, ...half } = await newKey();
  for (const bad of ["", "not json", "{}", secretOf(), secretOf(...three), secretOf(half), secretOf({ kty: "RSA" })]) {
    secret = bad;
    await t.rejects(keys.reload(), bad.slice(0, 20));
    t.equal(keys.current(new Date()).kid, kid);
  }
  secret = secretOf({ ...(await newKey()), d: "AAAA" });
  await t.rejects(keys.reload(), "an invalid private key");
  t.equal(keys.current(new Date()).kid, kid);
});

t.test("the service does not start without valid keys", async (t) => {
  await t.rejects(loadSigningKeys(async () => ""));
});

t.test("an access token is valid for 15 minutes", async (t) => {
  const keys = await loadSigningKeys(async () => secretOf(await newKey()));
  const verifier = verifierFrom(async () => JSON.stringify(keys.publicJwks()));
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  t.match(await verifier.caller(showing(await sign(keys, ago(accessTokenSeconds - 5)))), { roles: ["customer"] });
  await t.rejects(verifier.caller(showing(await sign(keys, ago(accessTokenSeconds + 1)))), { code: "TOKEN_EXPIRED" });
});

t.test("refresh tokens are long and unique, and have a prefix", async (t) => {
  const tokens = Array.from({ length: 1_000 }, newRefreshToken);
  t.equal(new Set(tokens).size, tokens.length);
  for (const token of tokens.slice(0, 10)) t.match(token, /^scr_[\w-]{43}$/);
  t.match(hashToken("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
