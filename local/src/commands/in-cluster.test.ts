import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";

t.setTimeout(60_000);
const email = "first@sidecart.test";
const password = "kept in a Secret";

/** A gateway that records log-ins and has no accounts. */
async function gateway(t: Test): Promise<{ port: number; logIns: unknown[] }> {
  const logIns: unknown[] = [];
  const server = createServer(async (request, response) => {
    logIns.push(JSON.parse(await text(request)).variables.input);
    response.end(JSON.stringify({ errors: [{ message: "Who are you?" }] }));
  }).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, logIns };
}

/** kubectl with context `lab` and namespace `here`, for a release with one Secret; its port-forward leads to `port`. */
function kubectl(port: number, environment = "development"): string {
  return `#!/bin/sh
echo "$@" >> "$(dirname "$0")/asked"
case "$*" in
  *current-context*) echo lab ;;
  *'config view'*) printf here ;;
  *app.sidecart/environment*) printf '%s' '${environment}' ;;
  *'"email"'*) printf '%s' '${email}' ;;
  *'"password"'*) printf '%s' '${password}' ;;
  *port-forward*) echo 'Forwarding from 127.0.0.1:${port} -> 8080'; exec sleep 60 ;;
esac
`;
}

/** A folder for PATH. */
function withKubectl(t: Test, script: string): string {
  const folder = t.testdir({ kubectl: script });
  chmodSync(join(folder, "kubectl"), 0o755);
  return folder;
}

function inCluster(
  words: string[],
  folder?: string,
  more: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  const PATH = folder === undefined ? "" : [folder, process.env.PATH].join(delimiter);
  const program = join(import.meta.dirname, "in-cluster.ts");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...words],
      { env: { ...process.env, ...more, PATH } },
      (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), said: stdout + stderr });
      },
    );
  });
}

t.test("a command opens a port-forward and logs in with the release's Secret", async (t) => {
  const { port, logIns } = await gateway(t);
  const folder = withKubectl(t, kubectl(port));
  const { code, said } = await inCluster(["--namespace", "shop", "--context", "lab", "dead-letters"], folder);
  t.equal(code, 1);
  t.equal(said, `· context lab, namespace shop\n✗ http://127.0.0.1:${port} as ${email}: Who are you?\n`);
  t.same(logIns, [{ email, password }]);
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  t.ok(
    asked.every((line) => line.startsWith("--namespace shop --context lab ")),
    asked.join("\n"),
  );
});

t.test("with --url a command opens no port-forward", async (t) => {
  const { port, logIns } = await gateway(t);
  const folder = withKubectl(t, kubectl(1));
  await inCluster(["--url", `http://127.0.0.1:${port}`, "dead-letters", "redrive", "orders"], folder);
  t.same(logIns, [{ email, password }]);
  t.notMatch(readFileSync(join(folder, "asked"), "utf8"), "port-forward");
});

t.test("kubectl's current context and namespace are used, and printed first", async (t) => {
  const { port, logIns } = await gateway(t);
  const folder = withKubectl(t, kubectl(port));
  t.match((await inCluster(["dead-letters"], folder)).said, /^· context lab, namespace here\n/);
  t.same(logIns, [{ email, password }]);
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  t.ok(
    asked
      .filter((line) => !line.startsWith("config "))
      .every((line) => line.startsWith("--namespace here --context lab ")),
  );
});

t.test("sample data is written to a development release, to any other only with --yes-production", async (t) => {
  const { port, logIns } = await gateway(t);
  const at = (environment: string) => withKubectl(t, kubectl(port, environment));
  for (const command of ["seed", "demo"]) {
    for (const [environment, found] of [
      ["production", "is for production"],
      ["", "has no environment"],
    ] as const) {
      const { code, said } = await inCluster([command], at(environment));
      t.equal(code, 1);
      const why = `✗ this release ${found}: ${command} writes sample data into it only with --yes-production\n`;
      t.equal(said, `· context lab, namespace here\n${why}`);
    }
  }
  t.same(logIns, []);
  await inCluster(["--yes-production", "demo"], at("production"));
  await inCluster(["dead-letters"], at("production"));
  await inCluster(["demo"], at("development"));
  t.same(logIns, Array(3).fill({ email, password }));
});

t.test("a command's help is about a release and calls nothing", async (t) => {
  for (const command of ["seed", "demo", "reindex", "dead-letters"]) {
    const { code, said } = await inCluster([command, "--help"]);
    t.equal(code, 0);
    t.ok(said.startsWith(`npm run in-cluster -- [options] ${command}`), said);
    t.notMatch(said, /--instance|SIDECART_URL|context/);
  }
  t.match(
    (await inCluster(["dead-letters", "--help"])).said,
    "in-cluster -- [options] dead-letters redrive SERVICE EVENT_ID",
  );
});

t.test("an instance on this machine cannot be chosen", async (t) => {
  const { logIns, port } = await gateway(t);
  const { said } = await inCluster(["reindex", "--instance", "two"], withKubectl(t, kubectl(port)));
  t.match(said, /\n✗ Unknown option '--instance' \(--help\)\n$/);
  t.same(logIns, []);
});

t.test("errors are reported in one line", async (t) => {
  t.match(
    (await inCluster(["rotate"])).said,
    /^✗ rotate: choose seed, demo, reindex, dead-letters, story \(--help\)\n$/,
  );
  t.match((await inCluster([])).said, /^✗ no command: choose .*\n$/);
  t.match((await inCluster(["--nmespace", "x"])).said, /^✗ .*--nmespace.*\n$/);
  t.match(
    (await inCluster(["--url", "nonsense", "seed"])).said,
    /^✗ --url: "nonsense" is not the URL of a gateway[^\n]*\n$/,
  );
  t.match((await inCluster(["--url", "localhost:8080", "seed"])).said, /^✗ --url: "localhost:8080" is not the URL/);
  t.match((await inCluster(["seed"])).said, /^✗ kubectl is not installed: .*\n$/);
  const swallowed = { npm_lifecycle_event: "in-cluster", npm_config_namespace: "shop" };
  t.match(
    (await inCluster(["seed"], undefined, swallowed)).said,
    /^✗ npm takes these options .*npm run in-cluster -- --namespace=shop\n$/,
  );
  const folder = withKubectl(t, "#!/bin/sh\necho 'namespaces \"sidecart\" not found' >&2; exit 1\n");
  t.same(await inCluster(["seed"], folder), { code: 1, said: '✗ kubectl: namespaces "sidecart" not found\n' });
});
