import { join } from "node:path";
import { type KeySet, newSigningKey } from "@sidecart/ops/signing-key-set";
import type { Instance } from "../instance.ts";
import { readPrivate, writePrivate } from "./private-file.ts";

/** The content of the local secret store: secret name → key → value (secretstores.local.file, multiValued). */
export type Secrets = Record<string, Record<string, string>>;

export const firstAdmin = { email: "admin@sidecart.test", password: "sidecart-local" };
export const signingKeys = "accounts-signing-keys";

export function secretsFile(instance: Instance): string {
  return join(instance.folder, "secrets.json");
}

/** Names of the secrets that a start writes, for any choices. Other secrets belong to the user and stay. */
const ours = /^(redis|rate-limits|rabbitmq|jetstream|kafka|search|media|accounts-first-admin|[a-z][a-z0-9]*-db)$/;

/**
 * Writes the secrets of this run: addresses and passwords of its stores, the saved signing keys, and the secrets that
 * the user added for their own components.
 */
export async function writeSecrets(instance: Instance, stores: Secrets): Promise<Secrets> {
  const kept = readPrivate<Secrets>(secretsFile(instance)) ?? {};
  const jwks = kept[signingKeys] ?? { jwks: JSON.stringify({ keys: [await newSigningKey()] } satisfies KeySet) };
  const added = Object.fromEntries(Object.entries(kept).filter(([name]) => !ours.test(name)));
  const secrets = { ...added, ...stores, [signingKeys]: jwks, "accounts-first-admin": firstAdmin };
  writePrivate(secretsFile(instance), secrets);
  return secrets;
}
