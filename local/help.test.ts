import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { kinds, namesOf } from "./src/backends/choices.ts";
import { freshClone } from "./src/testing/fresh-clone.ts";

const root = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
/** Our npm scripts. The others run third-party programs, which have their own help. */
const ours = Object.entries(scripts).filter(([, script]) => /^(exec )?node local\//.test(script));

/** Runs `npm run SCRIPT -- --help` with a Node that cannot run TypeScript and finds no npm. */
function help(checkout: string, script: string) {
  const words = script.replace(/^(exec )?node /, "").split(" ");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-strip-types", ...words, "--help"], {
    cwd: checkout,
    env: { PATH: "/nowhere" },
    encoding: "utf8",
  });
  return { code: status, said: stdout, error: stderr };
}

t.test("a fresh clone prints the help of every npm script and installs nothing", async (t) => {
  const clone = freshClone(t);
  const before = readdirSync(clone, { recursive: true }).sort();
  for (const [name, script] of ours) {
    const { code, said, error } = help(clone, script);
    t.same({ code, error }, { code: 0, error: "" }, name);
    const command = ["start", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`;
    t.ok(said.replace("--silent ", "").includes(command), `${name} says ${command}`);
  }
  t.same(readdirSync(clone, { recursive: true }).sort(), before);
});

t.test("the help of npm start lists every choice, the default first", async (t) => {
  const { said } = help(root, "node local/start.mjs");
  for (const kind of kinds) t.match(said, `--${kind} NAME`.padEnd(18) + namesOf(kind).join(" | "));
});

t.test("a command of in-cluster prints its help without packages too", async (t) => {
  const { said } = help(freshClone(t), "node local/run.mjs local/src/commands/in-cluster.ts seed");
  t.match(said, /^npm run in-cluster -- \[options\] seed\n/);
});
