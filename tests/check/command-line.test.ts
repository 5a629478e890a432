import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { parts as clusterParts } from "../cluster/parts.ts";
import { help as clusterHelp } from "../cluster/run.help.mjs";
import { parts as growthParts } from "../growth/parts.ts";
import { help as growthHelp } from "../growth/run.help.mjs";
import { root } from "./tool.ts";

t.test("an unknown argument is reported in one line, and nothing starts", async (t) => {
  for (const [program, words, said] of [
    ["tests/run.ts", ["--bogus"], /^✗ Unknown option '--bogus' \(--help\)\n$/],
    ["tests/chart/run.ts", ["--bogus"], /^✗ Unknown option '--bogus' \(--help\)\n$/],
    ["tests/cluster/run.ts", ["--bogus"], /^✗ Unknown option '--bogus' \(--help\)\n$/],
    [
      "tests/cluster/run.ts",
      ["--only", "nosuch"],
      /^✗ unknown part nosuch, choose one of install, [^\n]+ \(--help\)\n$/,
    ],
    ["tests/cluster/run.ts", ["--seconds", "soon"], /^✗ --seconds soon: [^\n]+ \(--help\)\n$/],
    ["tests/portability/run.ts", ["--bogus"], /^✗ --bogus: the kinds are [^\n]+\n$/],
    ["images/build.ts", ["--bogus"], /^images: Unknown option '--bogus'\n$/],
    ["components/generate/src/new.ts", ["--bogus"], /^✗ Unknown option '--bogus' \(--help\)\n$/],
    ["components/generate/src/new.ts", ["reviews"], /^✗ [^\n]+ npm run new -- service NAME \(--help\)\n$/],
    ["components/setup/src/main.ts", ["--bogus"], /^Unknown option '--bogus'\n$/],
  ] as const) {
    const env = { ...process.env, KUBECONFIG: "/nowhere" };
    const ran = spawnSync(process.execPath, [join(root, program), ...words], { env, encoding: "utf8" });
    t.equal(ran.status, 1, program);
    t.match(ran.stdout + ran.stderr, said, `${program} ${words.join(" ")}`);
  }
});

t.test("the help of a command lists all its parts", async (t) => {
  for (const [help, parts] of [
    [clusterHelp(), clusterParts],
    [growthHelp(), growthParts],
  ] as const) {
    const [, listed = ""] = help.match(/Parts: ([^.]*)/) ?? [];
    t.same(
      listed.trim().split(/,\s+/),
      parts.map(({ name }) => name),
    );
  }
});
