import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Output, runSetUp } from "./set-up.ts";

/** Runs the set-up on one file with this content. */
async function setUpFile(t: Test, yaml: string): Promise<Output & { file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-setup-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [file, secrets] = [join(folder, "one.yaml"), join(folder, "secrets.json")];
  await writeFile(file, yaml);
  await writeFile(secrets, "{}");
  return { ...(await runSetUp(["--component", file, "--secrets", secrets])), file };
}

const component = (spec: string) => `kind: Component\nmetadata: { name: audit }\nspec: ${spec}\n`;

t.test("the set-up reports what it skips", async (t) => {
  const other = await setUpFile(t, "kind: Subscription\nmetadata: { name: audit }\n");
  t.match(other, { code: 0, error: "", out: [`${other.file} declares no component: skipped`] });
  const unknown = await setUpFile(t, component("{ type: state.pigeon }"));
  t.match(unknown, { code: 0, error: "", out: ["audit: state.pigeon needs no set-up"] });
});

t.test("an input error is one line with the fix", async (t) => {
  const untyped = await setUpFile(t, component("{}"));
  t.match(untyped, { code: 1, error: "audit: spec.type is missing; set it in the component's YAML\n" });
  const { file } = await setUpFile(t, component("{}"));
  const invalid: [string[], string][] = [
    [[], "setup: nothing to set up; give --component, or see --help\n"],
    [["--component", file], "setup: --secrets is missing; give --secrets, or see --help\n"],
    [
      ["--component", file, "--secrets", "no/such"],
      "setup: no/such does not exist; set --secrets to a file or a folder\n",
    ],
  ];
  for (const [args, error] of invalid) t.same(await runSetUp(args), { code: 1, out: [], error });
});
