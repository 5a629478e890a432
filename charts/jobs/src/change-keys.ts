import type { Kubernetes } from "@sidecart/ops/kubernetes";
import { type KeySet, newSigningKey, rotated } from "@sidecart/ops/signing-key-set";
import { z } from "zod";

export const verbs = ["ensure", "rotate"] as const;
export type Verb = (typeof verbs)[number];

const secret = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).optional(),
});
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string(), signsFrom: z.number().optional() })) });
const conflict = 409;
const attempts = 5;

/**
 * `ensure` adds a first key to a Secret that has none. `rotate` adds a new key, which signs after 90 seconds, and keeps the
 * key that signs until then. It retries when another program changes the Secret concurrently. Returns a line for the log.
 */
export async function changeKeys(kubernetes: Kubernetes, name: string, verb: Verb, now = new Date()): Promise<string> {
  for (let left = attempts; left > 0; left -= 1) {
    const { resourceVersion, set } = await read(kubernetes, name);
    const [newest] = set.keys;
    if (verb === "ensure" && newest) return `${name}: already has keys, the newest is ${newest.kid}`;
    const key = await newSigningKey();
    const next = newest ? rotated(set, key, now) : { keys: [key] };
    if (!next) return `${name}: unchanged, because the newest key does not sign yet`;
    const jwks = Buffer.from(JSON.stringify(next)).toString("base64");
    const change = { metadata: { resourceVersion }, data: { jwks } };
    const { status, body } = await kubernetes.patch("api/v1", `secrets/${name}`, change);
    if (status === 200) return `${name}: added key ${key.kid}`;
    if (status !== conflict) throw apiError("changed", name, status, body);
  }
  throw new Error(`secret ${name} was changed concurrently in ${attempts} attempts`);
}

async function read(kubernetes: Kubernetes, name: string): Promise<{ resourceVersion: string; set: KeySet }> {
  const { status, body } = await kubernetes.get("api/v1", `secrets/${name}`);
  if (status !== 200) throw apiError("read", name, status, body);
  const { metadata, data } = secret.parse(body);
  return { resourceVersion: metadata.resourceVersion, set: keysIn(name, data?.jwks) };
}

/** Throws when the Secret contains anything but a set of keys, so that a mistake is not overwritten. */
function keysIn(name: string, encoded: string | undefined): KeySet {
  const text = Buffer.from(encoded ?? "", "base64").toString();
  if (text.trim() === "") return { keys: [] };
  try {
    return keySet.parse(JSON.parse(text)) as KeySet;
  } catch {
    throw new Error(`secret ${name}: jwks is not a JSON Web Key Set`);
  }
}

function apiError(verb: string, name: string, status: number, body: unknown): Error {
  const { message = "" } = (body ?? {}) as { message?: string };
  return new Error(`secret ${name} could not be ${verb}: ${status} ${message}`.trim());
}
