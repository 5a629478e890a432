import { AwsClient } from "aws4fetch";
import type { Component } from "../component.ts";
import { Problem } from "../problem.ts";
import { connectWithinMs, unusable } from "../server.ts";
import type { Step } from "../step.ts";

/** S3 rejects a LocationConstraint with this region; a bucket there is created without one. */
const defaultRegion = "us-east-1";

/** Creates the bucket when it does not exist. */
export const s3: Step = async (component, _options, log) => {
  const name = component.required("bucket");
  if (!component.setting("accessKey")) {
    // The sidecar then has credentials from its environment (IRSA, an instance profile), which the set-up has not.
    log(`bucket ${name} is not checked: accessKey is empty`);
    return;
  }
  const bucket = bucketOf(component, name);
  const { status } = await bucket.send("HEAD");
  if (status === 404) {
    await create(component, bucket);
    log(`created bucket ${name}`);
    return;
  }
  if (status === 403) throw new Problem(component.name, `access to ${bucket.url} is denied (403)`, permissionFix);
  if (status !== 200)
    throw new Problem(component.name, `${bucket.url} returns status ${status}`, "check endpoint, region and bucket");
};

const permissionFix = "check accessKey and secretKey in the secret media, and their permissions";

interface Bucket {
  url: string;
  region: string;
  send(method: string, body?: string): Promise<Response>;
}

function bucketOf(component: Component, name: string): Bucket {
  const region = component.required("region");
  const endpoint = component.setting("endpoint") || `https://s3.${region}.amazonaws.com`;
  if (!URL.canParse(endpoint))
    throw new Problem(component.name, "endpoint is not a URL", "write it as http://host:port");
  const url = `${endpoint.replace(/\/$/, "")}/${name}`;
  const client = new AwsClient({
    accessKeyId: component.required("accessKey"),
    secretAccessKey: component.required("secretKey"),
    region,
    service: "s3",
    retries: 0,
  });
  return {
    url,
    region,
    async send(method, body) {
      const signal = AbortSignal.timeout(connectWithinMs);
      return client.fetch(url, { method, signal, ...(body !== undefined && { body }) }).catch((error: Error) => {
        const fix = "check that it runs, and check endpoint in the secret media";
        throw unusable(component, `S3 at ${endpoint}`, error.cause ?? error, fix);
      });
    },
  };
}

/** Another set-up may have created the bucket concurrently. */
async function create(component: Component, { url, region, send }: Bucket): Promise<void> {
  const where = `<LocationConstraint>${region}</LocationConstraint>`;
  const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
  const body = `<CreateBucketConfiguration xmlns="${xmlns}">${where}</CreateBucketConfiguration>`;
  const response = await send("PUT", region === defaultRegion ? undefined : body);
  if (response.ok) return;
  const text = await response.text();
  if (text.includes("BucketAlreadyOwnedByYou")) return;
  const [, code = String(response.status)] = text.match(/<Code>(\w+)<\/Code>/) ?? [];
  throw new Problem(component.name, `the bucket ${url} cannot be created (${code})`, permissionFix);
}
