import t from "tap";
import { isRecent } from "./dapr.ts";

t.test("an installed Dapr is used from 1.16 on", async (t) => {
  for (const version of ["1.16.0", "1.18.4", "1.17.0-rc.1", "2.0.0"]) t.ok(isRecent(version), version);
  for (const version of ["1.15.9", "0.99.0", "edge", ""]) t.notOk(isRecent(version), version);
});
