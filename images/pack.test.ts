import { execFile } from "node:child_process";
import { join } from "node:path";
import t from "tap";

const image = "component-environment-secrets";

t.test(
  "npm run images runs the command for each image, with the name and run configuration in its environment",
  async (t) => {
    const command =
      'echo "$IMAGE $BASE $ENTRYPOINT $CMD $RUN_AS $WORKDIR"; ls -d "$PACKAGES"/app/* "$SOURCES"/app/main.ts';
    const out = t.testdir();
    const { code, output } = await images(
      "--only",
      image,
      "--registry",
      "r.test",
      "--tag",
      "7",
      "--out",
      out,
      "--each",
      command,
    );
    t.equal(code, 0);
    t.match(output, `r.test/sidecart/${image}:7 node ["node"] ["main.ts"] 65532:65532 /app\n`);
    t.match(output, join(out, "sidecart", image, "packages/app/node_modules"));
    t.match(output, join(out, "sidecart", image, "sources/app/main.ts"));
  },
);

t.test("a command that fails ends the program with the reason", async (t) => {
  const { code, output } = await images("--only", image, "--out", t.testdir(), "--each", "echo no room; exit 3");
  t.equal(code, 1);
  t.match(output, /images: sh .*exit code 3.*\nno room/);
});

t.test("an unknown image is an error that lists the existing images", async (t) => {
  const { code, output } = await images("--only", "carts");
  t.equal(code, 1);
  t.match(output, /^images: --only carts: unknown image, choose one of accounts, .*daprd$/m);
});

function images(...args: string[]): Promise<{ code: unknown; output: string }> {
  const program = join(import.meta.dirname, "build.ts");
  return new Promise((resolve) =>
    execFile(process.execPath, [program, ...args], (error, out, problems) =>
      resolve({ code: error ? error.code : 0, output: `${out}${problems}` }),
    ),
  );
}
