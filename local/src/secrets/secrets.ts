import { join } from "node:path";
import type { Instance } from "../instance.ts";
import type { ServiceDatabase } from "../parts/databases.ts";
import { type Redis, redisUrl } from "../parts/redis.ts";
import { readPrivate, writePrivate } from "./private-file.ts";
import { type KeySet, newSigningKey } from "./signing-keys.ts";

/** What the secret store of a local run serves: secret name → key → value (secretstores.local.file, multiValued). */
export type Secrets = Record<string, Record<string, string>>;

export const firstAdmin = { email: "admin@sidecart.test", password: "sidecart-local" };
export const signingKeys = "accounts-signing-keys";

export function secretsFile(instance: Instance): string {
  return join(instance.folder, "secrets.json");
}

/** Writes the secrets of this run: addresses and passwords of its stores, and the keys made once and kept. */
export async function writeSecrets(
  instance: Instance,
  databases: Iterable<ServiceDatabase>,
  redis: Redis,
  searchUrl: string | undefined,
): Promise<void> {
  const kept = readPrivate<Secrets>(secretsFile(instance)) ?? {};
  const secrets: Secrets = {
    [signingKeys]: kept[signingKeys] ?? { jwks: JSON.stringify({ keys: [await newSigningKey()] } satisfies KeySet) },
    "accounts-first-admin": firstAdmin,
    redis: {
      host: `${redis.host}:${redis.port}`,
      username: redis.username,
      password: redis.password,
      url: redisUrl(redis),
    },
    ...(searchUrl ? { search: searchSecret(searchUrl) } : {}),
  };
  for (const { service, connectionString } of databases) secrets[`${service}-db`] = { connectionString };
  writePrivate(secretsFile(instance), secrets);
}

/** An address with its user and password apart, as the component takes them. */
function searchSecret(address: string): { url: string; username: string; password: string } {
  const url = new URL(address);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  return { url: url.href, username, password };
}
