import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../instance.ts";
import { withFileLock } from "../process/file-lock.ts";

export interface CachedFolder {
  /** Ends with a hash of everything that determines the content. */
  name: string;
  /** Names the content for people who wait. */
  title: string;
  fill(folder: string): Promise<void>;
}

/**
 * A folder in the user's cache, filled once. It is filled under a temporary name and under a lock, so that neither a
 * failure nor a concurrent process leaves it incomplete.
 */
export async function cachedFolder({ name, title, fill }: CachedFolder, note: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const waiting = () => note(`waiting for another process that prepares ${title}`);
  await withFileLock(`${folder}.lock`, waiting, async () => {
    if (existsSync(folder)) return;
    const draft = `${folder}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    try {
      await fill(draft);
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return folder;
}
