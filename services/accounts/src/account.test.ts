import t from "tap";
import { toProto } from "./account.ts";

t.test("the version of an account is not in its proto message", async (t) => {
  const account = { id: "1", email: "a@b.test", username: "A", roles: [], version: 3, createdAt: "" };
  t.notOk("version" in toProto(account));
});
