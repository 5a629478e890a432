import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { mediaSuite } from "./suite.ts";

t.setTimeout(180_000);

const refusal = /not a directory/;
const spoil = (instance: string) => writeFile(join(instance, "media-broken", "accounts"), "a file in the folder's way");

await t.test("media on localstorage", (t) => mediaSuite(t, "localstorage", { refusal, spoil }));
