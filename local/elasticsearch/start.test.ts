import { once } from "node:events";
import { chmod, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { allowDownload } from "./patience.ts";
import { startElasticsearch } from "./start.ts";

allowDownload(t);

t.test("a real node starts, keeps its data over a restart, and stops without a trace", async (t) => {
  const dataDir = t.testdir();
  const httpPort = await freePort();
  const log: string[] = [];
  const start = () => startElasticsearch({ dataDir, httpPort, log: (line) => log.push(line) });

  const first = await start();
  t.equal(first.url, `http://127.0.0.1:${httpPort}`);
  t.equal((await put(`${first.url}/kept/_doc/1?refresh=true`, { name: "kept" })).status, 201);
  await first.stop();
  t.throws(() => process.kill(first.pid, 0), { code: "ESRCH" });
  await t.rejects(fetch(first.url));

  const second = await start();
  const found = await fetch(`${second.url}/kept/_doc/1`);
  t.match(await found.json(), { _source: { name: "kept" } });
  process.kill(second.pid, "SIGKILL");
  await second.stop();
  t.throws(() => process.kill(second.pid, 0), { code: "ESRCH" });
});

t.test("a missing tool is one clear line", async (t) => {
  const { PATH, JAVA_HOME, XDG_CACHE_HOME } = process.env;
  t.teardown(() => setEnvironment({ PATH, JAVA_HOME, XDG_CACHE_HOME }));
  const start = () => startElasticsearch({ dataDir: join(t.testdirName, "data"), httpPort: 1, log: () => {} });
  const folder = t.testdir({ bin: { java: "#!/bin/sh\necho 'openjdk version \"21.0.4\"' >&2\n" } });
  await chmod(join(folder, "bin", "java"), 0o755);

  setEnvironment({ PATH: "/nowhere", JAVA_HOME: undefined, XDG_CACHE_HOME: folder });
  await t.rejects(start(), { message: /^Elasticsearch needs Java 21 or newer.*: python3 is not installed$/ });
  setEnvironment({ JAVA_HOME: folder });
  await t.rejects(start(), { message: "Elasticsearch needs Maven to be downloaded: mvn is not installed" });
  t.same(await readdir(join(folder, "sidecart")), [], "no half-filled folder stays in the cache");
});

function setEnvironment(environment: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

function put(url: string, body: object): Promise<Response> {
  return fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
