import t from "tap";
import { seal, unseal } from "./sealed-pair.ts";
import { newRefreshToken } from "./tokens.ts";

const pair = { accessToken: "ey.access.token", refreshToken: newRefreshToken() };

t.test("a pair is read only with the token that it was sealed with, and only unchanged", async (t) => {
  const token = newRefreshToken();
  const sealed = seal(pair, token);
  t.same(unseal(sealed, token), pair);
  t.throws(() => unseal(sealed, newRefreshToken()));
  for (let at = 0; at < sealed.length; at += 2) {
    const byte = (Number.parseInt(sealed.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, "0");
    t.throws(() => unseal(sealed.slice(0, at) + byte + sealed.slice(at + 2), token));
  }
  t.throws(() => unseal(sealed.slice(0, 40), token));
});

t.test("one pair is sealed differently each time, and no part of it is readable", async (t) => {
  const token = newRefreshToken();
  const [one, two] = [seal(pair, token), seal(pair, token)];
  t.not(one, two);
  t.notOk(Buffer.from(one, "hex").includes(pair.accessToken));
});
