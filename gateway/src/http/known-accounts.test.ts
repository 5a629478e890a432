import { setImmediate } from "node:timers/promises";
import t from "tap";
import { createKnownAccounts } from "./known-accounts.ts";

const request = (authorization?: string) => ({ headers: authorization === undefined ? {} : { authorization } });

function knownAccounts() {
  const verified: string[] = [];
  const known = createKnownAccounts({
    async caller({ authorization = "" }) {
      verified.push(authorization);
      if (!authorization.startsWith("Bearer good")) throw new Error("invalid");
      return { accountId: `account of ${authorization}`, roles: [], sessionId: "" };
    },
  });
  return { known, verified };
}

t.test("the account of a valid token is known after it was seen, however it is spelt", async (t) => {
  const { known, verified } = knownAccounts();
  t.equal(known.of(request("Bearer good")), undefined);
  for (const spelling of ["Bearer good", "bearer good", `BEARER${" ".repeat(500)}good`]) known.learn(request(spelling));
  await setImmediate();
  t.same(verified, ["Bearer good"], "verified once");
  t.equal(known.of(request("bearer   good")), "account of Bearer good");
  known.learn(request("Bearer good"));
  t.equal(verified.length, 1);
});

t.test("no other header has an account", async (t) => {
  const { known, verified } = knownAccounts();
  for (const header of [
    undefined,
    "",
    "Bearer bad",
    "Basic good",
    "Bearer good\u00e9",
    `Bearer good${"x".repeat(2_000)}`,
  ]) {
    known.learn(request(header));
    await setImmediate();
    t.equal(known.of(request(header)), undefined, String(header).slice(0, 20));
  }
  t.same(verified, ["Bearer bad", "Basic good"]);
});
