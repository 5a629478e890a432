import t from "tap";
import { mediaSuite } from "./suite.ts";

t.setTimeout(180_000);

await t.test("media on localstorage", (t) => mediaSuite(t, "localstorage", /not a directory/));
