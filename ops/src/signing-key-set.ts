import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** Private keys of access tokens: all of them are published to verify, the newest whose time has come signs. */
export interface KeySet {
  keys: SigningJwk[];
}

/** `signsFrom`: seconds since the epoch; without it a key signs at once. */
export type SigningJwk = JWK & { signsFrom?: number };

// The one in use and the one before it, whose last tokens are still valid.
const liveKeys = 2;

/** An ES256 key whose id is its RFC 7638 thumbprint. */
export async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: "sig", alg: "ES256" };
}

/**
 * A new key waits that long until it signs, so that every replica of accounts publishes it by then. They read their keys
 * every 30 seconds (services/accounts/src/app.ts).
 */
const leadSeconds = 90;

/** The set with `key` in front and only the key that signs at `now` behind it; undefined while a key waits to sign. */
export function rotated(set: KeySet, key: JWK, now: Date): KeySet | undefined {
  const seconds = Math.floor(now.getTime() / 1000);
  const [newest] = set.keys;
  if (set.keys.length > 1 && (newest?.signsFrom ?? 0) > seconds) return undefined;
  return { keys: [{ ...key, signsFrom: seconds + leadSeconds }, ...set.keys].slice(0, liveKeys) };
}
