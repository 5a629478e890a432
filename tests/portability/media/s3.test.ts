import t from "tap";
import { mediaSuite } from "./suite.ts";

t.setTimeout(180_000);

await t.test("media on s3", (t) => mediaSuite(t, "s3", { server: "s3", refusal: /SignatureDoesNotMatch/ }));
