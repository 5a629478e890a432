import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { temporaryHome } from "../testing/started-cli.ts";

const main = join(import.meta.dirname, "..", "main.ts");

/** Runs `npm start WORDS` in a package with our start script; returns output and exit code. */
function npmStart(folder: string, words: readonly string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) => {
    execFile("npm", ["start", ...words], { cwd: folder }, (error, _, stderr) => {
      resolve({ code: error?.code ?? 0, said: stderr });
    });
  });
}

t.test("options that npm takes as its own are refused with the right command", async (t) => {
  const folder = temporaryHome(t);
  const start = `${process.execPath} ${main}`;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", scripts: { start } }));
  const meant = async (...words: string[]) => {
    const { code, said } = await npmStart(folder, words);
    t.equal(code, 1);
    return said.match(/✗ npm takes these options as its own without -- before them: (.*)/)?.[1];
  };
  t.equal(await meant("--broker", "rabbitmq"), "npm start -- --broker rabbitmq");
  t.equal(await meant("--broker=kafka"), "npm start -- --broker=kafka");
  t.equal(await meant("--no-seed"), "npm start -- --no-seed");
  t.equal(await meant("--reset", "--no-seed"), "npm start -- --reset --no-seed");
  const { code, said } = await npmStart(folder, ["--", "--broker", "pigeon"]);
  t.equal(code, 1);
  t.match(said, /✗ --broker pigeon: choose redis/);
});
