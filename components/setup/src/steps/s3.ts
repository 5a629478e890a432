import { AwsClient } from "aws4fetch";
import type { Component } from "../component.ts";
import { Problem } from "../problem.ts";
import { connectWithinMs, unusable } from "../server.ts";
import type { Step } from "../step.ts";

/** Buckets of this region are made without naming it, and cannot be made with. */
const unnamedRegion = "us-east-1";

/** The bucket, empty when it is new. */
export const s3: Step = async (component, _options, say) => {
  const name = component.required("bucket");
  if (!component.setting("accessKey")) {
    // The sidecar gets them from where it runs (IRSA, an instance's profile), and we do not.
    say(`bucket ${name} is not looked at: accessKey is empty`);
    return;
  }
  const bucket = bucketOf(component, name);
  const { status } = await bucket.ask("HEAD");
  if (status === 404) {
    await make(component, bucket);
    say(`bucket ${name}`);
    return;
  }
  if (status === 403) throw new Problem(component.name, `${bucket.url} is refused (403)`, rights);
  if (status !== 200)
    throw new Problem(component.name, `${bucket.url} answers ${status}`, "check endpoint, region and bucket");
};

const rights = "check accessKey and secretKey, and what they may do, in the secret media";

interface Bucket {
  url: string;
  region: string;
  ask(method: string, body?: string): Promise<Response>;
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
    async ask(method, body) {
      const signal = AbortSignal.timeout(connectWithinMs);
      return client.fetch(url, { method, signal, ...(body !== undefined && { body }) }).catch((error: Error) => {
        const fix = "check that it runs, and endpoint in the secret media";
        throw unusable(component, `S3 at ${endpoint}`, error.cause ?? error, fix);
      });
    },
  };
}

/** Another set-up may be faster: then it is ours already. */
async function make(component: Component, { url, region, ask }: Bucket): Promise<void> {
  const where = `<LocationConstraint>${region}</LocationConstraint>`;
  const xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";
  const body = `<CreateBucketConfiguration xmlns="${xmlns}">${where}</CreateBucketConfiguration>`;
  const response = await ask("PUT", region === unnamedRegion ? undefined : body);
  if (response.ok) return;
  const answer = await response.text();
  if (answer.includes("BucketAlreadyOwnedByYou")) return;
  const [, code = String(response.status)] = answer.match(/<Code>(\w+)<\/Code>/) ?? [];
  throw new Problem(component.name, `the bucket ${url} cannot be made (${code})`, rights);
}
