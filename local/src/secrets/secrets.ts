import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type KeySet, newSigningKey } from "./signing-keys.ts";

/** What the secret store of a local run serves: secret name → key → value (secretstores.local.file, multiValued). */
export type Secrets = Record<string, Record<string, string>>;

export const firstAdmin = { email: "admin@sidecart.test", password: "sidecart-local" };
export const signingKeys = "accounts-signing-keys";

export function secretsFile(instance: Instance): string {
  return join(instance.folder, "secrets.json");
}

/** Writes the secrets of this run: the addresses and passwords of its stores, and the keys made once and kept. */
export async function writeSecrets(instance: Instance, stores: Secrets): Promise<Secrets> {
  const kept = readPrivate<Secrets>(secretsFile(instance)) ?? {};
  const jwks = kept[signingKeys] ?? { jwks: JSON.stringify({ keys: [await newSigningKey()] } satisfies KeySet) };
  const secrets = { ...stores, [signingKeys]: jwks, "accounts-first-admin": firstAdmin };
  writePrivate(secretsFile(instance), secrets);
  return secrets;
}
