import { join } from "node:path";
import { goBuild } from "../../src/parts/go-build.ts";
import type { Listeners } from "../../src/parts/os-package.ts";

/** Returns the path of the S3 server's program, and builds it when necessary. */
export async function builtS3Server({ note, signal }: Listeners): Promise<string> {
  const build = {
    title: "the S3 server",
    name: "s3",
    source: join(import.meta.dirname, "server"),
    packages: ["."],
    takes: "about a minute",
    advice: "install Go from https://go.dev/dl, or set S3_ENDPOINT, then try again",
  };
  return join(await goBuild(build, note, signal), "s3-server");
}
