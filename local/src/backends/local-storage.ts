import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Backend } from "./backend.ts";

/** Media as files in the folder `media` of the instance, which is the sidecars' working directory. */
export const localStorage: Backend = {
  async start(run) {
    await mkdir(join(run.instance.folder, "media"), { recursive: true, mode: 0o700 });
    return {};
  },
};
