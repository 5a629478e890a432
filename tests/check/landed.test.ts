import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import t from "tap";
import { landedText, newPackages } from "./landed.ts";

const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];

t.test("a service is new until main has it, committed or not", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "sidecart-landed-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const git = (...args: string[]) => execa("git", [...author, ...args], { cwd: folder });
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  const commit = async () => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "change");
  };
  const fresh = () => newPackages(folder, ["orders", "reviews"]);
  const file = "proto/sidecart/orders/v1/orders.proto";

  t.same(await fresh(), [], "without history nothing is known to be new");
  t.equal(await landedText(folder, file), undefined);
  await git("init", "--quiet", "--initial-branch", "main");
  await write(file, "one\n");
  await commit();
  await git("switch", "--quiet", "--create", "work");
  await write("proto/sidecart/reviews/v1/reviews.proto", "");
  await write(file, "two\n");
  t.same(await fresh(), ["reviews"]);
  await commit();
  t.same(await fresh(), ["reviews"], "committed on a branch");
  t.equal(await landedText(folder, file), "one\n");
  await git("switch", "--quiet", "main");
  await git("merge", "--quiet", "--ff-only", "work");
  t.same(await fresh(), [], "on main");
  t.equal(await landedText(folder, file), "two\n");
});
