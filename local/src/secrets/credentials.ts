import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { randomSecret, readPrivate, writePrivate } from "./private-file.ts";

/** Passwords the launcher makes once an instance and no service sees: they are not in the secret store. */
export interface Credentials {
  postgres: string;
  redis: string;
  databases: Record<string, { owner: string; runtime: string }>;
}

/** The credentials of an instance; what is missing (a new service) is made and kept. */
export function credentialsOf(instance: Instance, services: readonly string[]): Credentials {
  const file = join(instance.folder, "credentials.json");
  const kept = readPrivate<Credentials>(file);
  const credentials: Credentials = kept ?? { postgres: randomSecret(), redis: randomSecret(), databases: {} };
  for (const service of services) {
    credentials.databases[service] ??= { owner: randomSecret(), runtime: randomSecret() };
  }
  writePrivate(file, credentials);
  return credentials;
}
