import type { Instance } from "../instance.ts";
import { StartError } from "../start-error.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type Secrets, secretsFile, signingKeys } from "./secrets.ts";
import { type KeySet, newSigningKey, rotated } from "./signing-keys.ts";

/** Puts a new first key into an instance's secrets and answers its id. */
export async function rotateSigningKeys(instance: Instance): Promise<string> {
  const secrets = readPrivate<Secrets>(secretsFile(instance));
  const jwks = secrets?.[signingKeys]?.jwks;
  if (!secrets || !jwks) throw new StartError(`instance "${instance.name}" has no keys yet: start it once`);
  const key = await newSigningKey();
  const set = rotated(JSON.parse(jwks) as KeySet, key);
  writePrivate(secretsFile(instance), { ...secrets, [signingKeys]: { jwks: JSON.stringify(set) } });
  return key.kid ?? "";
}
