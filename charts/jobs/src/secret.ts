import type { Kubernetes } from "@sidecart/ops/kubernetes";
import { z } from "zod";

const secret = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
});
const conflict = 409;
const attempts = 5;

/** The new value of a key of a Secret, or why it stays as it is. */
type Change = { value: string; outcome: string } | { unchanged: string };

/**
 * Changes one key of a Secret. `decide` gets its current value, empty if there is none, again after another program has
 * changed the Secret concurrently. Returns a line for the log, without the value.
 */
export async function changeSecret(
  kubernetes: Kubernetes,
  name: string,
  key: string,
  decide: (current: string) => Change | Promise<Change>,
): Promise<string> {
  for (let left = attempts; left > 0; left -= 1) {
    const { resourceVersion, text } = await read(kubernetes, name, key);
    const change = await decide(text);
    if ("unchanged" in change) return `${name}: ${change.unchanged}`;
    const data = { [key]: Buffer.from(change.value).toString("base64") };
    const { status, body } = await kubernetes.patch("api/v1", `secrets/${name}`, {
      metadata: { resourceVersion },
      data,
    });
    if (status === 200) return `${name}: ${change.outcome}`;
    if (status !== conflict) throw apiError("changed", name, status, body);
  }
  throw new Error(`secret ${name} was changed concurrently in ${attempts} attempts`);
}

async function read(kubernetes: Kubernetes, name: string, key: string) {
  const { status, body } = await kubernetes.get("api/v1", `secrets/${name}`);
  if (status !== 200) throw apiError("read", name, status, body);
  const { metadata, data } = secret.parse(body);
  const text = Buffer.from(data?.[key] ?? "", "base64").toString();
  return { resourceVersion: metadata.resourceVersion, text };
}

function apiError(verb: string, name: string, status: number, body: unknown): Error {
  const { message = "" } = (body ?? {}) as { message?: string };
  return new Error(`secret ${name} could not be ${verb}: ${status} ${message}`.trim());
}
