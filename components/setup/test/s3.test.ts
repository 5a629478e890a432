import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { allowDownload } from "@sidecart/local/servers/java/patience";
import { s3Request } from "@sidecart/local/servers/s3/client";
import { startS3 } from "@sidecart/local/servers/s3/start";
import { freePort } from "@sidecart/local/testing/free-port";
import t, { type Test } from "tap";

allowDownload(t);

const program = join(import.meta.dirname, "../src/main.ts");
const media = join(import.meta.dirname, "../../resources/media/s3/media.yaml");
const keys = { accessKey: "sidecart", secretKey: "a secret of a test" };

for (const region of ["us-east-1", "eu-central-1"]) {
  t.test(`the bucket of media is created once, in ${region}`, async (t) => {
    const server = await start(t, region);
    const secret = { ...server.access, bucket: "media" };

    t.same(await setUp(t, secret), { code: 0, output: "media: created bucket media\nmedia: ready\n" });
    const put = await s3Request(server.access, "PUT", "/media/one", "kept");
    t.equal(put.status, 200);
    t.same(await setUp(t, secret), { code: 0, output: "media: ready\n" });
    t.equal(await (await s3Request(server.access, "GET", "/media/one")).text(), "kept");
  });
}

t.test("an error is one line with component, cause and fix", async (t) => {
  const { access } = await start(t, "us-east-1");
  const secret = { ...access, bucket: "media" };
  const { endpoint } = access;
  const nobody = `http://127.0.0.1:${await freePort()}`;

  const wrong: [Record<string, string>, string][] = [
    [
      { secretKey: "wrong" },
      `media: access to ${endpoint}/media is denied (403); check accessKey and secretKey in the secret media, and their permissions`,
    ],
    [{ region: "eu-west-3" }, `media: ${endpoint}/media returns status 400; check endpoint, region and bucket`],
    [{ bucket: "" }, "media: bucket has no value; put bucket into the secret media"],
  ];
  for (const [change, line] of wrong)
    t.same(await setUp(t, { ...secret, ...change }), { code: 1, output: `${line}\n` });
  t.match(await setUp(t, { ...secret, endpoint: nobody }), {
    code: 1,
    output:
      /^media: S3 at \S+ cannot be used: connect ECONNREFUSED \S+; check that it runs, and check endpoint in the secret media\n$/,
  });
});

t.test("without access keys the operator creates the bucket", async (t) => {
  const secret = { endpoint: "", region: "eu-central-1", bucket: "media", accessKey: "", secretKey: "" };
  const output = "media: bucket media is not checked: accessKey is empty\nmedia: ready\n";
  t.same(await setUp(t, secret), { code: 0, output });
});

async function start(t: Test, region: string) {
  const log = (line: string) => t.comment(line);
  const server = await startS3({ dataDir: t.testdir(), port: await freePort(), region, ...keys, log });
  t.teardown(() => server.stop());
  return server;
}

/** Runs the program on the media component with this secret. */
async function setUp(t: Test, secret: Record<string, string>): Promise<{ code: number; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-setup-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const secrets = join(folder, "secrets.json");
  await writeFile(secrets, JSON.stringify({ media: secret }));
  const child = spawn(process.execPath, [program, "--component", media, "--secrets", secrets]);
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, output: out + error };
}
