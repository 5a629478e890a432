import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../instance.ts";
import { withFileLock } from "../process/file-lock.ts";

export interface CachedFolder {
  /** Ends with a hash of all that decides about its content. */
  name: string;
  /** What is in it, for whoever waits. */
  title: string;
  fill(folder: string): Promise<void>;
}

/**
 * A folder of the user's cache, filled once. It is filled aside and under a lock, so that neither a failure nor a second
 * process at the same moment leaves a half of it.
 */
export async function cachedFolder({ name, title, fill }: CachedFolder, note: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder, { recursive: true });
  const waiting = () => note(`another process prepares ${title}: waiting for it`);
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
