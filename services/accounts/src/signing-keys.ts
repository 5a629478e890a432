import { type CryptoKey, calculateJwkThumbprint, importJWK, type JSONWebKeySet, type JWK } from "jose";
import { z } from "zod";

const privateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
const keySet = z.object({ keys: z.array(privateJwk).min(1).max(2) });

export type SigningKeys = {
  /** The key that signs now. */
  current(): { kid: string; key: CryptoKey };
  /** The public halves of all live keys: a token signed before a rotation is still good until it expires. */
  publicJwks(): JSONWebKeySet;
  /** Reads the secret again; the first key in it signs, a second one still verifies. */
  reload(): Promise<void>;
};

type Loaded = { kid: string; key: CryptoKey; jwks: JSONWebKeySet };

/** `read` gives the secret's JWKS of private keys. */
export async function loadSigningKeys(read: () => Promise<string>): Promise<SigningKeys> {
  let loaded = await load(await read());
  return {
    current: () => loaded,
    publicJwks: () => loaded.jwks,
    async reload() {
      loaded = await load(await read());
    },
  };
}

async function load(secret: string): Promise<Loaded> {
  const { keys } = keySet.parse(JSON.parse(secret));
  const publicKeys: JWK[] = [];
  for (const { d: _, ...half } of keys) {
    publicKeys.push({ ...half, kid: await calculateJwkThumbprint(half), alg: "ES256", use: "sig" });
  }
  const [first] = keys;
  const key = await importJWK({ ...first }, "ES256");
  const kid = publicKeys[0]?.kid;
  if (key instanceof Uint8Array || kid === undefined) throw new Error("the signing key is not an EC key");
  return { kid, key, jwks: { keys: publicKeys } };
}
