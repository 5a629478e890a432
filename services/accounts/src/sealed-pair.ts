import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { TokenPair } from "./log-in.ts";

type Pair = Pick<TokenPair, "accessToken" | "refreshToken">;

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** A refresh token has 256 random bits, so a key that is derived from it needs no salt (RFC 5869, section 3.1). */
const keyOf = (token: string) => new Uint8Array(hkdfSync("sha256", token, "", "sidecart token pair", 32));

/** Encrypts a token pair so that only who has `token` can read it. In hex: nonce, tag and ciphertext. */
export function seal(pair: Pair, token: string): string {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, keyOf(token), iv);
  const content = Buffer.concat([sealing.update(JSON.stringify(pair), "utf8"), sealing.final()]);
  return Buffer.concat([iv, sealing.getAuthTag(), content]).toString("hex");
}

/** Throws for another token, or when the text was changed. */
export function unseal(sealed: string, token: string): Pair {
  const bytes = Buffer.from(sealed, "hex");
  const opening = createDecipheriv(cipher, keyOf(token), bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  opening.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const content = Buffer.concat([opening.update(bytes.subarray(ivBytes + tagBytes)), opening.final()]);
  return JSON.parse(content.toString("utf8"));
}
