import { join, resolve } from "node:path";
import { type Alone, startAlone } from "../../src/process/alone.ts";
import { listsBuckets, type S3Access } from "./client.ts";
import { s3Process } from "./process.ts";

export interface S3Settings {
  /** The folder of all stored data. A later server with the same folder has its buckets. */
  dataDir: string;
  port: number;
  region?: string;
  accessKey: string;
  secretKey: string;
  /** Receives messages about long steps. */
  log(line: string): void;
}

export type RunningS3 = Alone & { access: S3Access };

/** Starts a server on 127.0.0.1. Resolves when it accepts the credentials. */
export async function startS3(settings: S3Settings): Promise<RunningS3> {
  const { dataDir, port, region = "us-east-1", accessKey, secretKey, log: note } = settings;
  const folder = resolve(dataDir);
  const access = { endpoint: `http://127.0.0.1:${port}`, region, accessKey, secretKey };
  const place = { folder, ...access, log: join(folder, "server.log"), holdsStdin: true };
  const spec = await s3Process(place, { note, signal: undefined });
  return { access, ...(await startAlone(spec, () => listsBuckets(access))) };
}
