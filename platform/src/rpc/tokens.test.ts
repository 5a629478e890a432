import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { newId } from "../ids.ts";
import { background } from "./call.ts";
import { AppError, commonErrors, toAppError } from "./errors.ts";
import { accessTokenType, type Role, tokenAudience, tokenIssuer, verifierFrom } from "./tokens.ts";

type Pair = Awaited<ReturnType<typeof newKey>>;

async function newKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" } };
}

const accountId = newId();
const sessionId = newId();
const good: JWTPayload = { sub: accountId, sid: sessionId, roles: ["customer"], iss: tokenIssuer, aud: tokenAudience };
const now = () => Math.floor(Date.now() / 1000);

function sign(key: Pair, claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
  const payload = { ...good, iat: now(), exp: now() + 60, ...claims };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "ES256", typ: accessTokenType, kid: key.kid, ...header })
    .sign(key.privateKey);
}

const showing = (token: string | undefined, scheme = "Bearer ") => ({
  ...background(1_000),
  authorization: token && `${scheme}${token}`,
});

t.test("a token identifies the caller", async (t) => {
  const key = await newKey("one");
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  t.same(await verifier.caller(showing(await sign(key))), { accountId, sessionId, roles: ["customer"] });
});

t.test("the scheme is case-insensitive, and any number of spaces may follow it", async (t) => {
  const key = await newKey("one");
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  const token = await sign(key);
  for (const scheme of ["bearer ", "BEARER ", "bEARER   "]) {
    t.match(await verifier.caller(showing(token, scheme)), { accountId }, scheme);
  }
});

t.test("anything but a valid access token of ours is refused", async (t) => {
  const [key, foreign] = [await newKey("one"), await newKey("one")];
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  const fine = await sign(key);
  const [header, , signature] = fine.split(".");
  const forged = Buffer.from(JSON.stringify({ ...good, roles: ["admin"], iat: now(), exp: now() + 60 })).toString(
    "base64url",
  );
  const hmac = await new SignJWT({ ...good, iat: now(), exp: now() + 60 })
    .setProtectedHeader({ alg: "HS256", typ: accessTokenType, kid: "one" })
    .sign(new TextEncoder().encode(JSON.stringify(key.jwk)));
  const refused: Record<string, string | undefined> = {
    none: undefined,
    empty: "",
    "not a token": "abc",
    "two tokens": `${fine} ${fine}`,
    "another's key under our key id": await sign(foreign),
    "an unknown key": await sign({ ...foreign, kid: "two" }),
    "alg none": new UnsecuredJWT({ ...good, iat: now(), exp: now() + 60 }).encode(),
    "our public key as an HMAC secret": hmac,
    "another payload under a good signature": `${header}.${forged}.${signature}`,
    "cut short": fine.slice(0, -2),
    "another issuer": await sign(key, { iss: "somebody" }),
    "another audience": await sign(key, { aud: "somebody" }),
    "another type": await sign(key, {}, { typ: "JWT" }),
    "a refresh token": `scr_${"a".repeat(43)}`,
    "no subject": await sign(key, { sub: undefined }),
    "a subject that is no id": await sign(key, { sub: "admin" }),
    "no session": await sign(key, { sid: undefined }),
    "an unknown role": await sign(key, { roles: ["root"] }),
    "no roles": await sign(key, { roles: undefined }),
    "no expiry": await sign(key, { exp: undefined }),
    "from the future": await sign(key, { nbf: now() + 60 }),
  };
  for (const [what, token] of Object.entries(refused)) {
    await t.rejects(verifier.caller(showing(token)), { code: "UNAUTHENTICATED", status: "UNAUTHENTICATED" }, what);
  }
  for (const scheme of ["Basic ", "", "Bearer", "Bearer\t", " Bearer ", "Bearer: "]) {
    await t.rejects(verifier.caller(showing(fine, scheme)), { code: "UNAUTHENTICATED" }, `"${scheme}"`);
  }
});

t.test("an expired token has its own error, so that a client knows to refresh it", async (t) => {
  const key = await newKey("one");
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  await t.rejects(verifier.caller(showing(await sign(key, { exp: now() - 1 }))), { code: "TOKEN_EXPIRED" });
});

t.test("a missing role is forbidden; any one of the named roles is enough", async (t) => {
  const key = await newKey("one");
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  const context = showing(await sign(key, { roles: ["customer", "partner"] }));
  t.match(await verifier.require(context, "admin", "partner"), { accountId });
  await t.rejects(verifier.require(context, "admin"), { code: "FORBIDDEN" });
  await t.rejects(verifier.require(context), { code: "FORBIDDEN" });
  await t.rejects(verifier.require(showing(undefined), "admin"), { code: "UNAUTHENTICATED" });
});

t.test("keys are fetched once for many calls", async (t) => {
  const key = await newKey("one");
  let fetched = 0;
  const verifier = verifierFrom(async () => {
    fetched += 1;
    return JSON.stringify({ keys: [key.jwk] });
  });
  const context = showing(await sign(key));
  await Promise.all(Array.from({ length: 20 }, () => verifier.caller(context)));
  await verifier.caller(context);
  t.equal(fetched, 1);
});

t.test("after a rotation both keys verify", async (t) => {
  const [before, after] = [await newKey("before"), await newKey("after")];
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [after.jwk, before.jwk] }));
  for (const key of [before, after]) t.match(await verifier.caller(showing(await sign(key))), { accountId });
});

t.test("a failure to fetch keys is not the caller's fault, and is retried", async (t) => {
  const key = await newKey("one");
  const answers: (() => string)[] = [
    () => {
      throw new AppError(commonErrors.unavailable);
    },
    () => "not json",
    () => JSON.stringify({ keys: "none" }),
    () => JSON.stringify({ keys: [key.jwk] }),
  ];
  const verifier = verifierFrom(async () => answers.shift()?.() ?? "");
  const context = showing(await sign(key));
  await t.rejects(verifier.caller(context), { code: "UNAVAILABLE" });
  for (const what of ["not json", "not a key set"]) {
    const error = await t.rejects(verifier.caller(context));
    t.equal(toAppError(error).code, "INTERNAL", what);
  }
  t.match(await verifier.caller(context), { accountId });
});

t.test("a valid token is cached until it expires", async (t) => {
  const key = await newKey("one");
  const verifier = verifierFrom(async () => JSON.stringify({ keys: [key.jwk] }));
  const token = await sign(key, { exp: now() + 2 });
  const first = await verifier.caller(showing(token));
  t.equal(await verifier.caller(showing(token)), first, "the same object: nothing was verified again");
  const refused = () =>
    verifier.caller(showing(token)).then(
      () => undefined,
      (error: AppError) => error.code,
    );
  t.equal(await eventually("its expiry", refused), "TOKEN_EXPIRED");
});

t.test("what only some roles may do is decided by the roles of the token that the account still has", async (t) => {
  const key = await newKey("one");
  const context = showing(await sign(key, { roles: ["admin", "customer"] }));
  let now: readonly Role[] = ["admin", "customer", "partner"];
  let asked = 0;
  const verifier = verifierFrom(
    async () => JSON.stringify({ keys: [key.jwk] }),
    async (caller) => {
      t.match(caller, { accountId, sessionId });
      asked += 1;
      return now;
    },
  );
  t.same(await verifier.requirePresent(context, "admin"), { accountId, sessionId, roles: ["admin", "customer"] });
  await t.rejects(verifier.requirePresent(context, "partner"), { code: "FORBIDDEN" }, "the token does not have it");
  t.equal(asked, 1, "nobody is asked about a role that the token does not have");
  now = ["customer"];
  t.match(await verifier.require(context, "admin"), { roles: ["admin", "customer"] });
  t.match(await verifier.present(context), { roles: ["customer"] });
  await t.rejects(verifier.requirePresent(context, "admin"), { code: "FORBIDDEN" });
});

t.test("when nobody can say which roles the account has now, nothing is allowed", async (t) => {
  const key = await newKey("one");
  const context = showing(await sign(key, { roles: ["admin"] }));
  const jwks = async () => JSON.stringify({ keys: [key.jwk] });
  for (const kind of [commonErrors.unavailable, commonErrors.timeout, commonErrors.unauthenticated]) {
    const verifier = verifierFrom(jwks, async () => Promise.reject(new AppError(kind)));
    await t.rejects(verifier.requirePresent(context, "admin"), { code: kind.code });
    t.match(await verifier.caller(context), { accountId }, "ordinary calls go on");
  }
  await t.rejects(verifierFrom(jwks).requirePresent(context, "admin"), /no source of present roles/);
});
