import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { randomSecret, readPrivate, writePrivate } from "./private-file.ts";

/**
 * Passwords that the launcher creates once for each instance. They are not in the secret store, so no service sees
 * them.
 */
export interface Credentials {
  postgres: string;
  redis: string;
  databases: Record<string, { owner: string; runtime: string }>;
  /** Passwords of brokers and other servers, by process name. */
  servers?: Record<string, string>;
}

/** The credentials of an instance. Creates and saves missing ones, such as those of a new service. */
export function credentialsOf(instance: Instance, services: readonly string[]): Credentials {
  const file = credentialsFile(instance);
  const kept = readPrivate<Credentials>(file);
  const credentials: Credentials = kept ?? { postgres: randomSecret(), redis: randomSecret(), databases: {} };
  for (const service of services) {
    credentials.databases[service] ??= { owner: randomSecret(), runtime: randomSecret() };
  }
  writePrivate(file, credentials);
  return credentials;
}

/** The password of a further server of the instance, created once and saved. */
export function passwordOf(instance: Instance, server: string): string {
  const credentials = credentialsOf(instance, []);
  const password = credentials.servers?.[server] ?? randomSecret();
  writePrivate(credentialsFile(instance), { ...credentials, servers: { ...credentials.servers, [server]: password } });
  return password;
}

function credentialsFile(instance: Instance): string {
  return join(instance.folder, "credentials.json");
}
