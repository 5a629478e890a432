import { join } from "node:path";
import t from "tap";
import { randomSecret } from "../../src/secrets/private-file.ts";
import { endsItsServer } from "../../src/testing/alone-cli.ts";
import { freePort } from "../../src/testing/free-port.ts";
import { allowDownload } from "../java/patience.ts";
import { listsBuckets, type S3Access, s3Request } from "./client.ts";
import { startS3 } from "./start.ts";

allowDownload(t);

const keys = { accessKey: "sidecart", secretKey: randomSecret() };

t.test("a bucket keeps its objects after a restart and a kill, and rejects a wrong key", async (t) => {
  const dataDir = t.testdir();
  const port = await freePort();
  const start = () => startS3({ dataDir, port, ...keys, log: (line) => t.comment(line) });

  const first = await start();
  const { access } = first;
  t.equal((await s3Request(access, "PUT", "/pictures")).status, 200);
  t.equal((await s3Request(access, "PUT", "/pictures/catalog/one.png", "one")).status, 200);
  t.match(await listed(access), /<Key>catalog\/one.png<\/Key>/);
  t.equal(await listsBuckets({ ...access, secretKey: "wrong" }), false);
  t.match(await textOf({ ...access, secretKey: "wrong" }, "/pictures/catalog/one.png"), /SignatureDoesNotMatch/);
  t.equal((await fetch(`${access.endpoint}/pictures/catalog/one.png`)).status, 403);
  await first.stop();
  t.throws(() => process.kill(first.pid, 0), { code: "ESRCH" });

  const second = await start();
  t.equal((await s3Request(access, "PUT", "/pictures/catalog/two.png", "two")).status, 200);
  process.kill(second.pid, "SIGKILL");
  await second.stop();

  const third = await start();
  t.teardown(() => third.stop());
  t.equal(await textOf(access, "/pictures/catalog/one.png"), "one");
  t.equal(await textOf(access, "/pictures/catalog/two.png"), "two");
  t.equal((await s3Request(access, "DELETE", "/pictures/catalog/one.png")).status, 204);
  t.equal((await s3Request(access, "GET", "/pictures/catalog/one.png")).status, 404);
  t.notMatch(await listed(access), /one.png/);
});

t.test("the server stops when the program is stopped or killed", async (t) => {
  const args = ["--data", t.testdir(), "--port", String(await freePort())];
  await endsItsServer(t, join(import.meta.dirname, "main.ts"), args);
});

function listed(access: S3Access): Promise<string> {
  return textOf(access, "/pictures?list-type=2");
}

async function textOf(access: S3Access, path: string): Promise<string> {
  return (await s3Request(access, "GET", path)).text();
}
