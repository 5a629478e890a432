import { type CryptoKey, calculateJwkThumbprint, importJWK, type JSONWebKeySet, type JWK } from "jose";
import { z } from "zod";

const privateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  /** When the key starts to sign, in seconds since the epoch. By then every replica publishes it. */
  signsFrom: z.number().nonnegative().default(0),
});
/** The new key, and the previous one whose tokens are still valid. */
const keySet = z.object({ keys: z.array(privateJwk).min(1).max(2) });

export type SigningKeys = {
  /** The key that signs now: the newest whose start time has passed. */
  current(now: Date): SigningKey;
  /** The public keys of all keys in the secret, whether or not they sign now. */
  publicJwks(): JSONWebKeySet;
  /** Reads the secret again. */
  reload(): Promise<void>;
};

type SigningKey = { kid: string; key: CryptoKey };
/** Newest first. */
type Loaded = { signers: (SigningKey & { signsFrom: number })[]; jwks: JSONWebKeySet };

/** `read` returns the JWKS of private keys from the secret. */
export async function loadSigningKeys(read: () => Promise<string>): Promise<SigningKeys> {
  let loaded = await load(await read());
  return {
    current: (now) => signerAt(loaded, now),
    publicJwks: () => loaded.jwks,
    async reload() {
      loaded = await load(await read());
    },
  };
}

/** When no key's start time has passed, the oldest key signs, because otherwise nothing could be signed. */
function signerAt({ signers }: Loaded, now: Date): SigningKey {
  const signer = signers.find(({ signsFrom }) => signsFrom * 1000 <= now.getTime()) ?? signers.at(-1);
  if (!signer) throw new Error("there is no signing key");
  return signer;
}

async function load(secret: string): Promise<Loaded> {
  const { keys } = keySet.parse(JSON.parse(secret));
  const signers: Loaded["signers"] = [];
  const publicKeys: JWK[] = [];
  for (const { signsFrom, ...jwk } of keys.toSorted((one, two) => two.signsFrom - one.signsFrom)) {
    const { d: _, ...half } = jwk;
    const kid = await calculateJwkThumbprint(half);
    const key = await importJWK(jwk, "ES256");
    if (key instanceof Uint8Array) throw new Error("a signing key is not an EC key");
    signers.push({ kid, key, signsFrom });
    publicKeys.push({ ...half, kid, alg: "ES256", use: "sig" });
  }
  return { signers, jwks: { keys: publicKeys } };
}
