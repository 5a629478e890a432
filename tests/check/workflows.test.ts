import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { root } from "./tool.ts";
import { problemsOf, workflowProblems } from "./workflows.ts";

const good = `on: push
permissions:
  contents: read
concurrency: one
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: npm ci
        env:
          REVISION: \${{ github.sha }}
`;

/** The problems of the good workflow with one change. */
const wrong = (from: string, to: string) => problemsOf(good.replace(from, to));

t.test("our workflows have no problems", async (t) => {
  t.same(await problemsOf(good), []);
  t.equal(await workflowProblems(), undefined);
});

t.test("a key that GitHub does not know is reported with its line", async (t) => {
  t.same(await wrong("contents:", "content:"), ["line 3: Unexpected value 'content'"]);
  t.same(await wrong("github.sha", "github.shaa"), ["line 13: Context access might be invalid: shaa"]);
  t.match(await wrong("    runs-on", "    needs: build\n    runs-on"), [
    "line 7: Value 'build' is not valid",
    /at least one job/,
  ]);
});

t.test("an action that is not pinned to a commit is refused", async (t) => {
  for (const version of ["v7", "v7.0.1", "3d3c42e", "3d3c42e5aac5ba805825da76410c181273ba90b1"]) {
    const problems = await wrong("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", `@${version}`);
    t.match(problems.at(-1), /^- uses: actions\/checkout@.*: pin the full commit/, version);
  }
});

t.test("a workflow without limits is refused", async (t) => {
  t.match(await wrong("permissions:\n  contents: read\n", ""), [/no permissions/]);
  t.match(await wrong("concurrency: one\n", ""), [/no concurrency/]);
  t.same(await wrong("    timeout-minutes: 5\n", ""), ["job check: no timeout-minutes"]);
});

t.test("a file that is not valid YAML is reported once", async (t) => {
  t.equal((await problemsOf(`${good}  : [`)).length > 0, true);
});

t.test("the commands of the workflows are those of package.json", async (t) => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const texts = globSync(".github/workflows/*.yml", { cwd: root }).map((file) =>
    readFileSync(join(root, file), "utf8"),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name));
  t.ok(named.length > 0);
  t.same(
    named.filter((name) => !(`${name}` in scripts)),
    [],
  );
});
