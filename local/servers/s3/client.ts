import { AwsClient } from "aws4fetch";

/** The endpoint of an S3 server and the credentials for it. */
export interface S3Access {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

const answerWithinMs = 5_000;

/** Sends a signed request for `path`, such as `/bucket/key`, without retries. */
export function s3Request(access: S3Access, method: string, path: string, body?: string): Promise<Response> {
  const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = access;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  const signal = AbortSignal.timeout(answerWithinMs);
  return client.fetch(`${endpoint.replace(/\/$/, "")}${path}`, { method, signal, ...(body !== undefined && { body }) });
}

/** True when the server accepts the credentials. */
export async function listsBuckets(access: S3Access): Promise<boolean> {
  const response = await s3Request(access, "GET", "/");
  await response.body?.cancel();
  return response.ok;
}
