import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from "jose";
import t from "tap";
import { newSigningKey, rotated } from "./signing-keys.ts";

t.test("a new key signs and verifies, and is named by its thumbprint", async (t) => {
  const jwk = await newSigningKey();
  t.equal(jwk.kid, await calculateJwkThumbprint(jwk));
  const { d: _, ...open } = jwk;
  const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256" }).sign(await importJWK(jwk));
  await jwtVerify(token, await importJWK(open));
});

t.test("a rotation puts the new key first and keeps only the one before it", async (t) => {
  const [one, two, three] = [await newSigningKey(), await newSigningKey(), await newSigningKey()];
  t.same(rotated(rotated({ keys: [one] }, two), three), { keys: [three, two] });
});
