import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from "jose";
import t from "tap";
import { newSigningKey, rotated } from "./signing-key-set.ts";

t.test("a new key signs and verifies, and its id is its thumbprint", async (t) => {
  const jwk = await newSigningKey();
  t.equal(jwk.kid, await calculateJwkThumbprint(jwk));
  const { d: _, ...open } = jwk;
  const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256" }).sign(await importJWK(jwk));
  await jwtVerify(token, await importJWK(open));
});

t.test(
  "a rotation puts the new key first, which signs after 90 seconds, and keeps only the key that signs until then",
  async (t) => {
    const [one, two, three] = [await newSigningKey(), await newSigningKey(), await newSigningKey()];
    const at = (seconds: number) => new Date((1_800_000_000 + seconds) * 1_000);
    const first = rotated({ keys: [one] }, two, at(0));
    const waiting = { ...two, signsFrom: 1_800_000_090 };
    t.same(first, { keys: [waiting, one] });
    if (!first) return;
    t.equal(rotated(first, three, at(89)), undefined, "it would remove the key that signs");
    t.same(rotated(first, three, at(90)), { keys: [{ ...three, signsFrom: 1_800_000_180 }, waiting] });
  },
);
