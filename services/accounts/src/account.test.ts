import fc from "fast-check";
import t from "tap";
import { emailKey, toProto } from "./account.ts";

t.test("one mailbox is one key, whatever the case or Unicode form it was typed in", async (t) => {
  const key = emailKey("josé@example.com");
  for (const typed of ["JOSÉ@EXAMPLE.COM", "Jose\u0301@Example.Com", "josé@ｅxample.com"])
    t.equal(emailKey(typed), key);
  t.not(emailKey("jose@example.com"), key, "another mailbox");
});

t.test("the key of an address does not change in upper or lower case, nor when it is taken again", async (t) => {
  fc.assert(
    fc.property(fc.emailAddress(), (email) => {
      const key = emailKey(email);
      t.equal(emailKey(email.toUpperCase()), key);
      t.equal(emailKey(key), key);
    }),
  );
});

t.test("the version of an account is our own matter", async (t) => {
  const account = { id: "1", email: "a@b.test", username: "A", roles: [], version: 3, createdAt: "" };
  t.notOk("version" in toProto(account));
});
