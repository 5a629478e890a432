import { execa } from "execa";

/** The newest commit that this branch shares with `main`; undefined when that is unknown, as in a copy without history. */
async function landedCommit(folder: string): Promise<string | undefined> {
  for (const main of ["origin/main", "main"]) {
    const { failed, stdout } = await execa("git", ["merge-base", "HEAD", main], { cwd: folder, reject: false });
    if (!failed) return stdout;
  }
  return undefined;
}

/** The services of `proto/sidecart` that `main` does not have, so nobody calls them yet. */
export async function newPackages(folder: string, current: readonly string[]): Promise<string[]> {
  const commit = await landedCommit(folder);
  if (commit === undefined) return [];
  const { stdout } = await execa("git", ["ls-tree", "-d", "--name-only", `${commit}:proto/sidecart`], { cwd: folder });
  const landed = new Set(stdout.split("\n"));
  return current.filter((name) => !landed.has(name));
}

/** A file as `main` has it; undefined when it has none, or is unknown. */
export async function landedText(folder: string, file: string): Promise<string | undefined> {
  const commit = await landedCommit(folder);
  if (commit === undefined) return undefined;
  const shown = await execa("git", ["show", `${commit}:${file}`], {
    cwd: folder,
    reject: false,
    stripFinalNewline: false,
  });
  return shown.failed ? undefined : shown.stdout;
}
