import { join } from "node:path";
import type { Instance } from "../instance.ts";
import { randomSecret, readPrivate, writePrivate } from "./private-file.ts";

/** Passwords the launcher makes once an instance and no service sees: they are not in the secret store. */
export interface Credentials {
  postgres: string;
  redis: string;
  databases: Record<string, { owner: string; runtime: string }>;
  /** Of brokers and other servers, by process name. */
  servers?: Record<string, string>;
}

/** The credentials of an instance; what is missing (a new service) is made and kept. */
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

/** The password of one more server of an instance, made once and kept. */
export function passwordOf(instance: Instance, server: string): string {
  const credentials = credentialsOf(instance, []);
  const password = credentials.servers?.[server] ?? randomSecret();
  writePrivate(credentialsFile(instance), { ...credentials, servers: { ...credentials.servers, [server]: password } });
  return password;
}

function credentialsFile(instance: Instance): string {
  return join(instance.folder, "credentials.json");
}
