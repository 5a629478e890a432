import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import t from "tap";
import { stringify } from "yaml";
import { chart, ci, type Manifest, render, valuesName } from "./render.ts";

const folder = join(import.meta.dirname, "golden");
const update = process.env.SIDECART_UPDATE_GOLDEN === "1";
const basis = ci("redis");
/** The renders that people review before a release. choices.test.ts tests the other values files. */
const kept = [basis, join(chart, "values-production.yaml")];

/** Manifests by kind and name, without values that change with every render. */
function settled(manifests: Manifest[]): Map<string, string> {
  const texts = manifests.map((one) => {
    const copy = structuredClone(one);
    if (copy.kind === "Secret" && copy.data) for (const key of Object.keys(copy.data)) copy.data[key] = "made once";
    const { annotations } = copy.spec?.template?.metadata ?? {};
    for (const key of Object.keys(annotations ?? {})) if (key.startsWith("checksum/")) annotations[key] = "a checksum";
    if (copy.metadata.name.startsWith("sidecart-dashboard-")) copy.data = "a dashboard";
    const text = stringify(copy, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
    return [`${one.kind} ${one.metadata.name}`, text] as const;
  });
  return new Map(texts.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Manifests that differ from the base, in full; a comment lists those that only the base has. */
function difference(manifests: Map<string, string>, base: Map<string, string>): string {
  const other = [...manifests].filter(([name, text]) => base.get(name) !== text).map(([, text]) => text);
  const gone = [...base.keys()].filter((name) => !manifests.has(name)).map((name) => `# without ${name}\n`);
  return gone.join("") + other.join("---\n");
}

const fileOf = (values: string) => join(folder, `${valuesName(values)}.yaml`);
const base = settled(await render([basis]));

for (const values of kept) {
  t.test(`${valuesName(values)} renders as before (npm run chart -- --update accepts changes)`, async (t) => {
    const text = difference(settled(await render([values])), values === basis ? new Map() : base);
    const file = fileOf(values);
    if (update) {
      await mkdir(folder, { recursive: true });
      await writeFile(file, text);
    }
    t.ok(existsSync(file), `${basename(file)} is there`);
    t.equal(await readFile(file, "utf8"), text);
  });
}

t.test("there is no other golden render", async (t) => {
  const known = new Set(kept.map((file) => basename(fileOf(file))));
  const old = (await readdir(folder)).filter((file) => !known.has(file));
  if (update) for (const file of old) await rm(join(folder, file));
  else t.same(old, []);
});
