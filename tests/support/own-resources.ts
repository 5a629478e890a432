import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resources } from "@sidecart/local/backends/choices";
import type { Test } from "tap";
import { temporaryHome } from "./temporary-home.ts";

export type OwnResources = {
  /** The `resourcesRoot` of a system. */
  root: string;
  /** Replaces a text in a file; the text must occur. Sidecars read the file when they restart. */
  replace(file: string, from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** Restores all files as in the checkout. */
  restore(): Promise<void>;
};

/** A copy of the Dapr resources that a test may change. */
export async function ownResources(t: Pick<Test, "teardown">): Promise<OwnResources> {
  const root = await temporaryHome("resources");
  const restore = () => cp(resources, root, { recursive: true });
  await restore();
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return {
    root,
    restore,
    async replace(file, from, to) {
      const text = await readFile(join(root, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
      await writeFile(join(root, file), text.replace(from, to));
    },
    remove: (file) => rm(join(root, file)),
  };
}
