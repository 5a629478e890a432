import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";

/** The private keys of access tokens. All of them verify. The newest key whose `signsFrom` has passed signs. */
export interface KeySet {
  keys: SigningJwk[];
}

/** `signsFrom` is in seconds since the epoch. Without it a key signs at once. */
export type SigningJwk = JWK & { signsFrom?: number };

// The key in use and its predecessor, whose last tokens are still valid.
const liveKeys = 2;

/** An ES256 key whose id is its RFC 7638 thumbprint. */
export async function newSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: "sig", alg: "ES256" };
}

/**
 * The delay before a new key signs. By then every replica of accounts publishes the key, because each reads its keys every
 * 30 seconds (services/accounts/src/app.ts).
 */
const leadSeconds = 90;

/** Puts `key` in front and keeps only the key that signs at `now`. Undefined while the newest key does not sign yet. */
export function rotated(set: KeySet, key: JWK, now: Date): KeySet | undefined {
  const seconds = Math.floor(now.getTime() / 1000);
  const [newest] = set.keys;
  if (set.keys.length > 1 && (newest?.signsFrom ?? 0) > seconds) return undefined;
  return { keys: [{ ...key, signsFrom: seconds + leadSeconds }, ...set.keys].slice(0, liveKeys) };
}
