import { type CryptoKey, calculateJwkThumbprint, importJWK, type JSONWebKeySet, type JWK } from "jose";
import { z } from "zod";

const privateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  /** From when on it may sign, in seconds since the epoch: until then every replica has come to publish it. */
  signsFrom: z.number().nonnegative().default(0),
});
/** The one before, whose tokens are still good, and the new one. */
const keySet = z.object({ keys: z.array(privateJwk).min(1).max(2) });

export type SigningKeys = {
  /** The key that signs now: the newest whose time has come. */
  current(now: Date): SigningKey;
  /** The public halves of all live keys, those that do not sign yet or any more as well. */
  publicJwks(): JSONWebKeySet;
  /** Reads the secret again. */
  reload(): Promise<void>;
};

type SigningKey = { kid: string; key: CryptoKey };
/** Newest first. */
type Loaded = { signers: (SigningKey & { signsFrom: number })[]; jwks: JSONWebKeySet };

/** `read` gives the secret's JWKS of private keys. */
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

/** A set of which no key's time has come yet is one nobody signs with otherwise: its oldest does. */
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
