import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { stringify } from "yaml";
import { chart, ci, type Manifest, render, valuesName } from "./render.ts";

const folder = join(import.meta.dirname, "golden");
const basis = ci("redis");
/** The renders that people review before a release. choices.test.ts tests the other values files. */
const kept = [basis, join(chart, "values-production.yaml")];

/** The golden renders by file: the base in full, of the others the differences from it. */
export async function goldenRenders(): Promise<Map<string, string>> {
  const base = settled(await render([basis]));
  const files = kept.map(async (values): Promise<[string, string]> => {
    const text = difference(settled(await render([values])), values === basis ? new Map() : base);
    return [join(folder, `${valuesName(values)}.yaml`), text];
  });
  return new Map(await Promise.all(files));
}

/** Files that no golden render writes any more. */
export async function leftOverRenders(wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const known = new Set([...wanted.keys()].map((file) => basename(file)));
  return (await readdir(folder)).filter((file) => !known.has(file));
}

/** Writes the current renders. */
export async function updateGolden(): Promise<void> {
  const wanted = await goldenRenders();
  await mkdir(folder, { recursive: true });
  for (const [file, text] of wanted) await writeFile(file, text);
  for (const file of await leftOverRenders(wanted)) await rm(join(folder, file));
}

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
