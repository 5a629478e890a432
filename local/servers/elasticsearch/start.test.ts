import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { endsItsServer } from "../../src/testing/alone-cli.ts";
import { freePort } from "../../src/testing/free-port.ts";
import { allowDownload } from "../java/patience.ts";
import { startElasticsearch } from "./start.ts";

allowDownload(t);

t.test("a real node starts, keeps its data after a restart, and stops completely", async (t) => {
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

t.test("the node stops when the program is stopped or killed", async (t) => {
  const args = ["--data", t.testdir(), "--port", String(await freePort())];
  await endsItsServer(t, join(import.meta.dirname, "main.ts"), args);
});

t.test("a missing tool is an error of one line", async (t) => {
  const folder = t.testdir({ bin: { java: "#!/bin/sh\necho 'openjdk version \"21.0.4\"' >&2\n" } });
  await chmod(join(folder, "bin", "java"), 0o755);
  const environment = { PATH: "/nowhere", XDG_CACHE_HOME: folder };

  t.match(await startError(environment), /^pip3 is missing: install Java 21 or newer, .*\n$/);
  t.match(await startError({ ...environment, JAVA_HOME: folder }), /^mvn is missing: install Maven .*\n$/m);
  t.same(await readdir(join(folder, "sidecart")), [], "the cache contains no incomplete folder");
});

/** The error of the program when it cannot start. */
async function startError(env: Record<string, string>): Promise<string> {
  const args = [join(import.meta.dirname, "main.ts"), "--data", "/nowhere", "--port", "1"];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  if (code !== 1) throw new Error(`exit code ${code}: ${message}`);
  return message;
}

function put(url: string, body: object): Promise<Response> {
  return fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}
