import { execFile } from "node:child_process";
import { join } from "node:path";
import t from "tap";

const image = "component-environment-secrets";

t.test("npm run images hands each image to a command, with how it is called and run", async (t) => {
  const tell = 'echo "$IMAGE $BASE $ENTRYPOINT $CMD $RUN_AS $WORKDIR"; ls -d "$PACKAGES"/app/* "$SOURCES"/app/main.ts';
  const out = t.testdir();
  const { code, said } = await images(
    "--only",
    image,
    "--registry",
    "r.test",
    "--tag",
    "7",
    "--out",
    out,
    "--each",
    tell,
  );
  t.equal(code, 0);
  t.match(said, `r.test/sidecart/${image}:7 node ["node"] ["main.ts"] 65532:65532 /app\n`);
  t.match(said, join(out, "sidecart", image, "packages/app/node_modules"));
  t.match(said, join(out, "sidecart", image, "sources/app/main.ts"));
});

t.test("a command that fails ends it, and says why", async (t) => {
  const { code, said } = await images("--only", image, "--out", t.testdir(), "--each", "echo no room; exit 3");
  t.equal(code, 1);
  t.match(said, /images: sh .*exit code 3.*\nno room/);
});

t.test("an image that does not exist is named, with those that do", async (t) => {
  const { code, said } = await images("--only", "carts");
  t.equal(code, 1);
  t.match(said, /^images: --only carts: there are accounts, .*daprd$/m);
});

function images(...args: string[]): Promise<{ code: unknown; said: string }> {
  const program = join(import.meta.dirname, "build.ts");
  return new Promise((resolve) =>
    execFile(process.execPath, [program, ...args], (error, out, problems) =>
      resolve({ code: error ? error.code : 0, said: `${out}${problems}` }),
    ),
  );
}
