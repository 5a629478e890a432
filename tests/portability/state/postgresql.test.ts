import t from "tap";
import { stateSuite } from "./suite.ts";

t.setTimeout(180_000);

await t.test("state on postgresql", (t) => stateSuite(t, "postgresql"));
