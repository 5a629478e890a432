import type { Launched } from "@sidecart/local/launch";
import { type CryptoKey, exportSPKI, importJWK } from "jose";
import { expired, foreignKey, goodClaims, sign, systemKey, unsigned } from "./tokens.ts";

export type Forgery = { token: string; code: "UNAUTHENTICATED" | "TOKEN_EXPIRED" };

/** Invalid tokens, by their fault. Each claims to be an admin's. */
export async function badTokens(system: Launched, accountId: string): Promise<Map<string, Forgery>> {
  const [ours, foreign] = [await systemKey(system), await foreignKey()];
  const good = goodClaims(accountId, ["admin"]);
  const without = (claim: string) => ({ ...good, [claim]: undefined });
  const customers = await sign(ours, goodClaims(accountId, ["customer"]));
  const [header = "", , signature = ""] = customers.split(".");
  const publicKey = (await importJWK(ours.publicJwk, "ES256", { extractable: true })) as CryptoKey;
  const hmac = (secret: string) => sign({ key: Buffer.from(secret), kid: ours.kid }, good, { alg: "HS256" });

  const tokens = {
    "signed by a foreign key": sign(foreign, good),
    "signed by a foreign key under our key's id": sign({ ...foreign, kid: ours.kid }, good),
    "signed by a key that it carries itself": sign(foreign, good, { jwk: foreign.publicJwk } as object),
    "alg none": unsigned(good),
    "signed with our public key (PEM) as an HMAC secret": hmac(await exportSPKI(publicKey)),
    "signed with our public key (JWK) as an HMAC secret": hmac(JSON.stringify(ours.publicJwk)),
    "with other claims than were signed": `${header}.${unsigned(good).split(".")[1]}.${signature}`,
    "without its signature": `${header}.${unsigned(good).split(".")[1]}.`,
    "for another audience": sign(ours, { ...good, aud: "elsewhere" }),
    "of another issuer": sign(ours, { ...good, iss: "elsewhere" }),
    "of another type (JWT)": sign(ours, good, { typ: "JWT" }),
    "of no type": sign(ours, good, { typ: undefined } as object),
    "that never expires": sign(ours, without("exp")),
    "not good yet": sign(ours, { ...good, nbf: (good.iat ?? 0) + 300 }),
    "of nobody": sign(ours, without("sub")),
    "of no session": sign(ours, without("sid")),
    "without roles": sign(ours, without("roles")),
    "with a role that does not exist": sign(ours, { ...good, roles: ["admin", "root"] }),
    "that is no token at all": "admin",
  };
  const all = new Map<string, Forgery>();
  for (const [name, token] of Object.entries(tokens)) all.set(name, { token: await token, code: "UNAUTHENTICATED" });
  return all.set("expired", { token: await sign(ours, { ...good, ...expired }), code: "TOKEN_EXPIRED" });
}
