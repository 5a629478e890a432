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
const tries = 5;

/**
 * `ensure` puts a first key into a Secret that has none; `rotate` puts a new one in front, to sign in 90 seconds, and
 * keeps the one that signs until then. Whoever writes between our reading and writing makes us read again. Answers what
 * was done, in one line.
 */
export async function changeKeys(kubernetes: Kubernetes, name: string, verb: Verb, now = new Date()): Promise<string> {
  for (let left = tries; left > 0; left -= 1) {
    const { resourceVersion, set } = await read(kubernetes, name);
    const [newest] = set.keys;
    if (verb === "ensure" && newest) return `${name}: there are keys, the newest is ${newest.kid}`;
    const key = await newSigningKey();
    const next = newest ? rotated(set, key, now) : { keys: [key] };
    if (!next) return `${name}: the last new key does not sign yet, nothing is changed`;
    const jwks = Buffer.from(JSON.stringify(next)).toString("base64");
    const change = { metadata: { resourceVersion }, data: { jwks } };
    const { status, body } = await kubernetes.patch("api/v1", `secrets/${name}`, change);
    if (status === 200) return `${name}: new key ${key.kid}`;
    if (status !== conflict) throw refused("changed", name, status, body);
  }
  throw new Error(`secret ${name} was changed by somebody else ${tries} times in a row`);
}

async function read(kubernetes: Kubernetes, name: string): Promise<{ resourceVersion: string; set: KeySet }> {
  const { status, body } = await kubernetes.get("api/v1", `secrets/${name}`);
  if (status !== 200) throw refused("read", name, status, body);
  const { metadata, data } = secret.parse(body);
  return { resourceVersion: metadata.resourceVersion, set: keysIn(name, data?.jwks) };
}

/** Anything there that is not a set of keys is a person's mistake: it is not written over. */
function keysIn(name: string, encoded: string | undefined): KeySet {
  const text = Buffer.from(encoded ?? "", "base64").toString();
  if (text.trim() === "") return { keys: [] };
  try {
    return keySet.parse(JSON.parse(text)) as KeySet;
  } catch {
    throw new Error(`secret ${name}: jwks is not a JSON Web Key Set`);
  }
}

function refused(verb: string, name: string, status: number, body: unknown): Error {
  const { message = "" } = (body ?? {}) as { message?: string };
  return new Error(`secret ${name} could not be ${verb}: ${status} ${message}`.trim());
}
