import type { Client } from "@elastic/elasticsearch";
import { ComponentError } from "@sidecart/pluggable/errors";
import { errorType, isNotFound, translateErrors } from "./client.ts";
import { mappings } from "./mapping.ts";
import type { Names } from "./names.ts";
import type { ElasticsearchOptions } from "./options.ts";

/** Maps the contract's indexes and aliases to indices and aliases of the cluster. */
export class Indexes {
  readonly #client: Client;
  readonly #names: Names;
  readonly #options: ElasticsearchOptions;

  constructor(client: Client, names: Names, options: ElasticsearchOptions) {
    this.#client = client;
    this.#names = names;
    this.#options = options;
  }

  async create(index: string, signal: AbortSignal): Promise<boolean> {
    const data = this.#names.data(index);
    const existing = await this.#dataOf(index, signal);
    if (existing !== null && existing !== data) throw isAlias(index);
    const { shards, replicas, refreshIntervalMs } = this.#options;
    const request = {
      index: data,
      aliases: { [this.#names.target(index)]: {} },
      settings: {
        number_of_shards: shards,
        number_of_replicas: replicas,
        refresh_interval: `${refreshIntervalMs}ms`,
      },
      mappings,
    };
    try {
      await this.#client.indices.create(request, { signal });
      return true;
    } catch (error) {
      if (errorType(error) === "resource_already_exists_exception") return false;
      return translateErrors(Promise.reject(error));
    }
  }

  async delete(index: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#client.indices.delete({ index: this.#names.data(index) }, { signal });
      return true;
    } catch (error) {
      if (!isNotFound(error)) return translateErrors(Promise.reject(error));
    }
    if ((await this.#dataOf(index, signal)) !== null) throw isAlias(index);
    return false;
  }

  /** One request to the cluster removes the alias from every other index and adds it to the new one, atomically. */
  async pointAlias(alias: string, index: string, signal: AbortSignal): Promise<void> {
    if ((await this.#dataOf(alias, signal)) === this.#names.data(alias)) {
      throw new ComponentError("FAILED_PRECONDITION", `alias: "${alias}" is an index`);
    }
    const target = this.#names.target(alias);
    const actions = [
      { remove: { index: this.#names.allData, alias: target, must_exist: false } },
      { add: { index: this.#names.data(index), alias: target } },
    ];
    await translateErrors(this.#client.indices.updateAliases({ actions }, { signal }));
  }

  async resolveAlias(alias: string, signal: AbortSignal): Promise<string | null> {
    const data = await this.#dataOf(alias, signal);
    return data === null || data === this.#names.data(alias) ? null : this.#names.fromData(data);
  }

  /** The cluster's index that holds the data of this index or alias; null when neither exists. */
  async #dataOf(name: string, signal: AbortSignal): Promise<string | null> {
    try {
      const found = await this.#client.indices.getAlias({ name: this.#names.target(name) }, { signal });
      return Object.keys(found)[0] ?? null;
    } catch (error) {
      return isNotFound(error) ? null : translateErrors(Promise.reject(error));
    }
  }
}

function isAlias(index: string): ComponentError {
  return new ComponentError("FAILED_PRECONDITION", `index: "${index}" is an alias`);
}
