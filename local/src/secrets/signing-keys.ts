import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** Private keys that sign access tokens: the first signs, all of them are published to verify. */
export interface KeySet {
  keys: JWK[];
}

// The one in use and the one before it, whose last tokens are still valid.
const liveKeys = 2;

/** An ES256 key whose id is its RFC 7638 thumbprint. */
export async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: "sig", alg: "ES256" };
}

/** The set with `key` in front and only the key that signed until now behind it. */
export function rotated(set: KeySet, key: JWK): KeySet {
  return { keys: [key, ...set.keys].slice(0, liveKeys) };
}
