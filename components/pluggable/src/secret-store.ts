import type { Call, Component, ComponentInstance } from "./component.ts";
import { ComponentError } from "./errors.ts";

/** The keys of one secret and their values. */
export type Secret = Record<string, string>;

type SecretStoreInstance = ComponentInstance & {
  get(name: string, signal: AbortSignal): Promise<Secret | undefined>;
  /** All secrets by name. daprd decides which of them an app may read. */
  all(signal: AbortSignal): Promise<Record<string, Secret>>;
};

export type SecretStore<Options> = Component<Options, SecretStoreInstance>;

/** A component of type `secretstores.<name>` whose secrets have several keys. */
export function secretStore<Options>(settings: Omit<SecretStore<Options>, "protocol">): SecretStore<Options> {
  return { ...settings, protocol: { service: "SecretStore", calls: { Features: features, Get: get, BulkGet: all } } };
}

const features = async () => ({ features: ["MULTIPLE_KEY_VALUES_PER_SECRET"] });

async function get({ request, signal, use }: Call<SecretStoreInstance>): Promise<object> {
  const { key: name } = request as { key: string };
  const data = await use((instance) => instance.get(name, signal));
  if (!data) throw new ComponentError("NOT_FOUND", `there is no secret "${name}"`);
  return { data };
}

async function all({ signal, use }: Call<SecretStoreInstance>): Promise<object> {
  const secrets = await use((instance) => instance.all(signal));
  return { data: Object.fromEntries(Object.entries(secrets).map(([name, values]) => [name, { secrets: values }])) };
}
