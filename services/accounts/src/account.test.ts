import fc from "fast-check";
import t from "tap";
import { emailKey, toProto } from "./account.ts";

t.test("an e-mail address has one key in any case and Unicode form", async (t) => {
  const key = emailKey("josé@example.com");
  for (const typed of ["JOSÉ@EXAMPLE.COM", "Jose\u0301@Example.Com", "josé@ｅxample.com"])
    t.equal(emailKey(typed), key);
  t.not(emailKey("jose@example.com"), key, "another mailbox");
});

t.test("the key does not change with the case of the address, nor when it is computed again", async (t) => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      const key = emailKey(email);
      t.equal(emailKey(email.toUpperCase()), key);
      t.equal(emailKey(key), key);
    }),
  );
});

t.test("the version of an account is not in its proto message", async (t) => {
  const account = { id: "1", email: "a@b.test", username: "A", roles: [], version: 3, createdAt: "" };
  t.notOk("version" in toProto(account));
});
