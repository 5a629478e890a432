import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { root } from "./tool.ts";

/** The folder of the suite, for each kind of component with choices. */
const suites = { broker: "events", media: "media", search: "search", secrets: "secrets", state: "state" };
/** Needs a cluster, so no suite runs it. */
const elsewhere = ["secrets/kubernetes"];

t.test("the suite of each kind runs every choice", async (t) => {
  for (const [kind, suite] of Object.entries(suites)) {
    const choices = await readdir(join(root, "components/resources", kind));
    const files = await readdir(join(root, "tests/portability", suite));
    for (const choice of choices.filter((choice) => !elsewhere.includes(`${kind}/${choice}`))) {
      t.ok(files.includes(`${choice}.test.ts`), `${kind} ${choice}`);
    }
  }
});

t.test("all choices of a kind have the same name and the same apps", async (t) => {
  for (const kind of ["media", "search", "secrets", "state"]) {
    const folder = join(root, "components/resources", kind);
    const files = (await readdir(folder)).map((choice) => join(folder, choice, `${kind}.yaml`));
    const components = await Promise.all(files.map(async (file) => parse(await readFile(file, "utf8"))));
    t.same([...new Set(components.map(({ metadata }) => metadata.name))], [kind]);
    t.equal(new Set(components.map(({ scopes }) => JSON.stringify(scopes))).size, 1, `scopes of ${kind}`);
  }
});
