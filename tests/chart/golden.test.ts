import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import t from "tap";
import { goldenRenders, leftOverRenders } from "./golden.ts";

const wanted = await goldenRenders();

for (const [file, text] of wanted) {
  t.test(`${basename(file)} is as before (npm run chart -- --update writes what is new)`, async (t) => {
    t.ok(existsSync(file), `${basename(file)} is there`);
    t.equal(await readFile(file, "utf8"), text);
  });
}

t.test("there is no other golden render", async (t) => t.same(await leftOverRenders(wanted), []));
