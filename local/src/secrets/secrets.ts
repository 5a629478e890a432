import { join } from "node:path";
import { type KeySet, newSigningKey } from "@sidecart/ops/signing-key-set";
import type { Instance } from "../instance.ts";
import { readPrivate, writePrivate } from "./private-file.ts";

/** What the secret store of a local run serves: secret name → key → value (secretstores.local.file, multiValued). */
export type Secrets = Record<string, Record<string, string>>;

export const firstAdmin = { email: "admin@sidecart.test", password: "sidecart-local" };
export const signingKeys = "accounts-signing-keys";

export function secretsFile(instance: Instance): string {
  return join(instance.folder, "secrets.json");
}

/** Names of secrets that a start writes, whatever it chose before. Others are a person's, and stay. */
const ours = /^(redis|rabbitmq|jetstream|kafka|search|media|accounts-first-admin|[a-z][a-z0-9]*-db)$/;

/**
 * Writes the secrets of this run: the addresses and passwords of its stores, the keys made once and kept, and what
 * somebody added for components of their own.
 */
export async function writeSecrets(instance: Instance, stores: Secrets): Promise<Secrets> {
  const kept = readPrivate<Secrets>(secretsFile(instance)) ?? {};
  const jwks = kept[signingKeys] ?? { jwks: JSON.stringify({ keys: [await newSigningKey()] } satisfies KeySet) };
  const added = Object.fromEntries(Object.entries(kept).filter(([name]) => !ours.test(name)));
  const secrets = { ...added, ...stores, [signingKeys]: jwks, "accounts-first-admin": firstAdmin };
  writePrivate(secretsFile(instance), secrets);
  return secrets;
}
