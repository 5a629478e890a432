import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Launched } from "@sidecart/local/launch";
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";

export type SigningKey = { kid: string; key: CryptoKey; publicJwk: JWK };

const now = () => Math.floor(Date.now() / 1000);

/** The system's signing key, from its secret store. */
export async function systemKey(system: Launched): Promise<SigningKey> {
  const secrets = JSON.parse(readFileSync(join(system.instanceDir, "secrets.json"), "utf8"));
  const [jwk] = JSON.parse(secrets["accounts-signing-keys"].jwks).keys as JWK[];
  return signingKey(jwk ?? {});
}

/** A key that the system does not know. */
export async function foreignKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  return signingKey(await exportJWK(privateKey));
}

async function signingKey(jwk: JWK): Promise<SigningKey> {
  const { kty, crv, x, y } = jwk;
  const publicJwk = { kty, crv, x, y } as JWK;
  const key = (await importJWK(jwk, "ES256")) as CryptoKey;
  return { kid: await calculateJwkThumbprint(publicJwk), key, publicJwk };
}

/** The claims of a valid access token for an account. */
export const goodClaims = (accountId: string, roles: string[]): JWTPayload => ({
  iss: "sidecart",
  aud: "sidecart",
  sub: accountId,
  sid: accountId,
  roles,
  iat: now(),
  exp: now() + 600,
});

export const expired = { iat: now() - 1_000, exp: now() - 100 };

export function sign(
  { key, kid }: Pick<SigningKey, "kid"> & { key: CryptoKey | Uint8Array },
  claims: JWTPayload,
  header: { alg?: string; typ?: string; kid?: string } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid, ...header }).sign(key);
}

/** A token that claims to need no signature. */
export function unsigned(claims: JWTPayload): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "at+jwt" })}.${part(claims)}.`;
}
