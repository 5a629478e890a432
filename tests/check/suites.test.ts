import { readdir } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { root } from "./tool.ts";

/** The folder of its suite, for each kind of component of which one is chosen. */
const suites = { broker: "events", media: "media", search: "search", secrets: "secrets", state: "state" };
/** Needs a cluster. */
const elsewhere = ["secrets/kubernetes"];

t.test("every choice of a component is run by the suite of its kind", async (t) => {
  for (const [kind, suite] of Object.entries(suites)) {
    const choices = await readdir(join(root, "components/resources", kind));
    const files = await readdir(join(root, "tests/portability", suite));
    for (const choice of choices.filter((choice) => !elsewhere.includes(`${kind}/${choice}`))) {
      t.ok(files.includes(`${choice}.test.ts`), `${kind} ${choice}`);
    }
  }
});
