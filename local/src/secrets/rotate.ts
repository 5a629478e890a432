import { type KeySet, newSigningKey, rotated, type SigningJwk } from "@sidecart/ops/signing-key-set";
import type { Instance } from "../instance.ts";
import { StartError } from "../start-error.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type Secrets, secretsFile, signingKeys } from "./secrets.ts";

/** Adds a new first key to an instance's secrets and returns it. */
export async function rotateSigningKeys(instance: Instance, now = new Date()): Promise<SigningJwk> {
  const secrets = readPrivate<Secrets>(secretsFile(instance));
  const jwks = secrets?.[signingKeys]?.jwks;
  if (!secrets || !jwks) throw new StartError(`instance "${instance.name}" has no keys yet: start it once`);
  const set = rotated(JSON.parse(jwks) as KeySet, await newSigningKey(), now);
  const [key] = set?.keys ?? [];
  if (!key) throw new StartError("the newest key does not sign yet: rotate again when it does");
  writePrivate(secretsFile(instance), { ...secrets, [signingKeys]: { jwks: JSON.stringify(set) } });
  return key;
}
