import { mkdir } from "node:fs/promises";
import type { Listeners } from "../../src/parts/os-package.ts";
import { inheritedEnvironment } from "../../src/process/environment.ts";
import type { ProcessSpec } from "../../src/process/managed-process.ts";
import { builtS3Server } from "./build.ts";
import type { S3Access } from "./client.ts";

export interface S3Place extends S3Access {
  /** The folder of all stored data. */
  folder: string;
  log: string;
  /** The server stops when its stdin closes. */
  holdsStdin?: boolean;
}

/** The process specification of a server at its endpoint. Builds the program once. */
export async function s3Process(place: S3Place, listeners: Listeners): Promise<ProcessSpec> {
  const { folder, log, endpoint, region, accessKey, secretKey, holdsStdin = false } = place;
  const command = await builtS3Server(listeners);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const args = ["-address", new URL(endpoint).host, "-region", region, "-data", folder];
  // The keys are in the environment, because the command line is visible to other users.
  const env = { ...inheritedEnvironment(), S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey };
  return {
    name: "s3",
    command,
    args: holdsStdin ? [...args, "-ends-with-stdin"] : args,
    cwd: folder,
    env,
    log,
    holdsStdin,
  };
}
