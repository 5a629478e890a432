import { join } from "node:path";
import { listsBuckets, type S3Access, s3Request } from "@sidecart/local/servers/s3/client";
import { s3Process } from "@sidecart/local/servers/s3/process";
import { unusable } from "../diagnosis/remedy.ts";
import type { Run } from "../run.ts";
import { passwordOf } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";

interface MediaSecret extends Record<string, string> {
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

const defaultRegion = "us-east-1";

/** Media in an S3 bucket. The set-up creates a missing bucket. */
export const s3: Backend = {
  async start(run) {
    const endpoint = process.env.S3_ENDPOINT;
    return { media: await (endpoint ? existing(endpoint) : own(run)) };
  },
};

async function existing(endpoint: string): Promise<MediaSecret> {
  if (!URL.canParse(endpoint) || !/^https?:\/\/[^/]+\/?$/.test(endpoint))
    throw new StartError("S3_ENDPOINT must be of the form http[s]://host[:port]");
  const { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey } = process.env;
  if (!accessKey || !secretKey) throw new StartError("S3_ENDPOINT needs S3_ACCESS_KEY and S3_SECRET_KEY");
  const { S3_REGION: region = defaultRegion, S3_BUCKET: bucket = "sidecart" } = process.env;
  const secret = { endpoint, region, bucket, accessKey, secretKey };
  try {
    const { status } = await s3Request(secret, "HEAD", `/${bucket}`);
    // 404: the set-up creates the bucket.
    if (status !== 200 && status !== 404) throw new Error(`it responds with ${status} for the bucket ${bucket}`);
  } catch (error) {
    throw unusable(`S3 at ${endpoint}`, "S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION", error);
  }
  return secret;
}

async function own(run: Run): Promise<MediaSecret> {
  const { http } = await run.take("s3", ["http"]);
  const access: S3Access = {
    endpoint: `http://127.0.0.1:${http}`,
    region: defaultRegion,
    accessKey: "sidecart",
    secretKey: passwordOf(run.instance, "s3"),
  };
  const [folder, log] = [join(run.instance.folder, "s3"), join(run.instance.logs, "s3.log")];
  await run.start("stores", await s3Process({ folder, log, ...access }, run), () => listsBuckets(access));
  await run.system.ready("s3");
  return { ...access, bucket: "media" };
}
