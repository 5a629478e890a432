import type { Kubernetes } from "@sidecart/ops/kubernetes";
import { type KeySet, newSigningKey, rotated } from "@sidecart/ops/signing-key-set";
import { z } from "zod";
import { changeSecret } from "./secret.ts";

export const verbs = ["ensure", "rotate"] as const;
export type Verb = (typeof verbs)[number];

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string(), signsFrom: z.number().optional() })) });

/**
 * `ensure` adds a first key to a Secret that has none. `rotate` adds a new key, which signs after 90 seconds, and keeps the
 * key that signs until then. Returns a line for the log.
 */
export function changeKeys(kubernetes: Kubernetes, name: string, verb: Verb, now = new Date()): Promise<string> {
  return changeSecret(kubernetes, name, "jwks", async (text) => {
    const set = keysIn(name, text);
    const [newest] = set.keys;
    if (verb === "ensure" && newest) return { unchanged: `already has keys, the newest is ${newest.kid}` };
    const key = await newSigningKey();
    const next = newest ? rotated(set, key, now) : { keys: [key] };
    if (!next) return { unchanged: "unchanged, because the newest key does not sign yet" };
    return { value: JSON.stringify(next), outcome: `added key ${key.kid}` };
  });
}

/** Throws when the Secret contains anything but a set of keys, so that a mistake is not overwritten. */
function keysIn(name: string, text: string): KeySet {
  if (text.trim() === "") return { keys: [] };
  try {
    return keySet.parse(JSON.parse(text)) as KeySet;
  } catch {
    throw new Error(`secret ${name}: jwks is not a JSON Web Key Set`);
  }
}
