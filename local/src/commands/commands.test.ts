import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { firstAdmin } from "../secrets/secrets.ts";
import { StartedCli, temporaryHome } from "../testing/started-cli.ts";

t.setTimeout(120_000);

/** Runs an operator's command to its end. */
function run(home: string, name: string, words: readonly string[], more: Record<string, string> = {}) {
  const env = { ...process.env, SIDECART_HOME: home, SIDECART_URL: "", ...more };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...words], {
    env,
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}

const names = ["reindex", "dead-letters", "story", "rotate-keys", "seed", "demo"];

t.test("every command has a help", async (t) => {
  for (const name of names) {
    const { code, said } = run(temporaryHome(t), name, ["--help"]);
    t.equal(code, 0);
    t.ok(said.startsWith(`npm run ${name}`), said);
    t.match(said, "--instance NAME");
  }
});

t.test("a wrong argument is refused in one line", async (t) => {
  for (const name of names) {
    for (const words of [["--instanz", "two"], ["nonsense"]]) {
      const { code, said } = run(temporaryHome(t), name, words);
      t.equal(code, 1);
      t.match(said, /^✗ [^\n]+\n$/, `${name} ${words.join(" ")}`);
    }
  }
});

t.test("a command ends quietly when its output is closed", async (t) => {
  const command = [process.execPath, join(import.meta.dirname, "dead-letters.ts"), "--help"];
  const script = '{ "$@"; echo "ended with $?" >&2; } | true';
  const { stderr } = spawnSync("sh", ["-c", script, "sh", ...command], { encoding: "utf8" });
  t.equal(stderr, "ended with 0\n");
});

t.test("the error for an instance that does not run says how to start it", async (t) => {
  const { code, said } = run(temporaryHome(t), "reindex", ["--instance", "two"]);
  t.equal(code, 1);
  t.equal(
    said,
    '✗ instance "two" is not running: npm start -- --instance two, or set SIDECART_URL to the URL of a gateway\n',
  );
});

t.test("if no instance runs, each command says in one line what to do", async (t) => {
  for (const name of names) {
    const { code, said } = run(temporaryHome(t), name, []);
    t.equal(code, 1);
    t.match(said, /^✗ no instance is running: npm start, or [^\n]+\n$/, name);
  }
});

t.test("the published log-in is never sent to another system", async (t) => {
  const env = { ...process.env, SIDECART_URL: "http://127.0.0.1:9", SIDECART_EMAIL: "", SIDECART_PASSWORD: "" };
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "reindex.ts")], {
    env,
    encoding: "utf8",
  });
  t.equal(status, 1);
  t.equal(stderr, "✗ SIDECART_URL needs SIDECART_EMAIL and SIDECART_PASSWORD of an admin\n");
});

t.test("seed and demo work on a gateway that is given by its URL", async (t) => {
  const cli = new StartedCli(t, temporaryHome(t), ["--no-seed"]);
  const env = {
    SIDECART_URL: await cli.ready(),
    SIDECART_EMAIL: firstAdmin.email,
    SIDECART_PASSWORD: firstAdmin.password,
  };
  const seeded = run(temporaryHome(t), "seed", [], env);
  t.match(seeded.said, /^created the sample data in \S+\n +customer +customer@/);
  t.match(run(temporaryHome(t), "seed", [], env).said, /^\S+ has the sample data already/);
  const { code, said } = run(temporaryHome(t), "demo", [], env);
  t.equal(code, 0, said);
  const [, before, after] = said.match(/(\d+) in stock\nordered 2: .*\nthe stock is (\d+) now\n/) ?? [];
  t.equal(Number(after), Number(before) - 2);
  t.match(said, /the admin marked the order as PAID\n$/);
});

t.test("commands find the running instance, with or without its name, on any port", async (t) => {
  const home = temporaryHome(t);
  const cli = new StartedCli(t, home, ["--instance", "two", "--no-seed"]);
  await cli.ready();
  const reindexed = run(home, "reindex", []);
  t.equal(reindexed.code, 0);
  t.match(reindexed.said, /searches now use /);
  t.equal(run(home, "dead-letters", []).said.replaceAll(/\w+: 0 dead letters\n/g, ""), "");
  t.match(run(home, "rotate-keys", ["--instance", "two"]).said, /which the accounts sidecar has loaded/);
});
