import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { runSetUp, type Said } from "./set-up.ts";

/** Runs it on one file with these lines. */
async function setUpFile(t: Test, yaml: string): Promise<Said & { file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-setup-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const [file, secrets] = [join(folder, "one.yaml"), join(folder, "secrets.json")];
  await writeFile(file, yaml);
  await writeFile(secrets, "{}");
  return { ...(await runSetUp(["--component", file, "--secrets", secrets])), file };
}

const component = (spec: string) => `kind: Component\nmetadata: { name: audit }\nspec: ${spec}\n`;

t.test("what it passes over, it says", async (t) => {
  const other = await setUpFile(t, "kind: Subscription\nmetadata: { name: audit }\n");
  t.match(other, { code: 0, error: "", out: [`${other.file} declares no component: passed over`] });
  const unknown = await setUpFile(t, component("{ type: state.pigeon }"));
  t.match(unknown, { code: 0, error: "", out: ["audit: nothing is made or checked for state.pigeon"] });
});

t.test("what it cannot read, it refuses in one line with what to do", async (t) => {
  const untyped = await setUpFile(t, component("{}"));
  t.match(untyped, { code: 1, error: "audit: it has no type; write spec.type into its YAML\n" });
  const { file } = await setUpFile(t, component("{}"));
  const refused: [string[], string][] = [
    [[], "setup: nothing to set up; give --component, or see --help\n"],
    [["--component", file], "setup: no secrets were named; give --secrets, or see --help\n"],
    [
      ["--component", file, "--secrets", "no/such"],
      "setup: there are no secrets at no/such; give --secrets a file or a folder\n",
    ],
  ];
  for (const [args, error] of refused) t.same(await runSetUp(args), { code: 1, out: [], error });
});
