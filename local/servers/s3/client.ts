import { AwsClient } from "aws4fetch";

/** Where a bucket's server answers, and who may use it. */
export interface S3Access {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

const answerWithinMs = 5_000;

/** A signed request for `path`, such as `/bucket/key`; it is sent once. */
export function s3Request(access: S3Access, method: string, path: string, body?: string): Promise<Response> {
  const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = access;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  const signal = AbortSignal.timeout(answerWithinMs);
  return client.fetch(`${endpoint.replace(/\/$/, "")}${path}`, { method, signal, ...(body !== undefined && { body }) });
}

/** True when the server lets us in. */
export async function listsBuckets(access: S3Access): Promise<boolean> {
  const response = await s3Request(access, "GET", "/");
  await response.body?.cancel();
  return response.ok;
}
