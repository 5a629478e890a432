import type dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors, type ErrorKind } from "../rpc/errors.ts";
import type { RpcClient } from "../rpc/grpc-methods.ts";
import { type Dialect, dialectOf, unreachable } from "./state-dialect.ts";

const stateErrors = {
  conflict: { code: "STATE_CONFLICT", status: "ABORTED", text: "Somebody else changed it meanwhile. Read it again." },
  key: { code: "STATE_KEY", status: "INVALID_ARGUMENT", text: "This cannot be the key of a state." },
  size: { code: "STATE_SIZE", status: "INVALID_ARGUMENT", text: "A state has 1 byte to 4 MB." },
} as const satisfies Record<string, ErrorKind>;

/** A sidecar takes requests of 4 MiB; this leaves room for what stands around the values. */
export const maxRequestBytes = 4_000_000;
/** PostgreSQL's index takes 2,700 bytes with the app id; Redis would take any. */
export const maxKeyBytes = 512;

type StateEntry = { value: Uint8Array; etag: string };
/** Without a time to live a value stays until it is deleted, also where one with a time to live stood before. */
type Lasting = { ttlSeconds?: number };
type StateChange = ({ key: string; value: Uint8Array } & Lasting) | { key: string; deleted: true };

/**
 * An app's own entries of one state store: no other app reads or writes them. What is promised here every store keeps
 * (tests/portability/state); an error is STATE_CONFLICT, STATE_KEY, STATE_SIZE, or UNAVAILABLE and TIMEOUT, after which a
 * write may have happened or not.
 *
 * An etag tells whether a value was changed, not whether it was deleted: over one that is gone `replace` writes anew, and
 * where it was written again meanwhile an old etag may fit. So do not delete what others change by etag; let it end.
 */
export type StateStore = {
  get(key: string, context: CallContext): Promise<StateEntry | undefined>;
  /** Those that are there, by key; not necessarily all as of one moment. */
  getMany(keys: readonly string[], context: CallContext): Promise<Map<string, StateEntry>>;
  /** The last one wins. */
  put(key: string, value: Uint8Array, lasting: Lasting, context: CallContext): Promise<void>;
  /** The first one wins: STATE_CONFLICT when there is a value. */
  create(key: string, value: Uint8Array, lasting: Lasting, context: CallContext): Promise<void>;
  /** STATE_CONFLICT when there is another value than the one with this etag. */
  replace(key: string, value: Uint8Array, options: Lasting & { etag: string }, context: CallContext): Promise<void>;
  /** No error when there is none; with an etag, STATE_CONFLICT when there is another value. */
  delete(key: string, options: { etag?: string }, context: CallContext): Promise<void>;
  /** All of it or nothing. Conditions are not offered here: Redis would do the rest when one of them fails. */
  apply(changes: readonly StateChange[], context: CallContext): Promise<void>;
};

type StateCalls = Pick<
  RpcClient<typeof dapr.Dapr, CallContext>,
  "getState" | "getBulkState" | "saveState" | "deleteState" | "executeStateTransaction" | "getMetadata"
>;
type Condition = Pick<Dialect["whenAbsent"], "etag" | "options">;

/** The state store of that component. */
export function stateStore({ api }: { api: StateCalls }, storeName: string): StateStore {
  let known: Dialect | undefined;

  async function dialect(context: CallContext): Promise<Dialect> {
    if (known) return known;
    const { registeredComponents } = await reaching(api.getMetadata({}, context));
    known = dialectOf(storeName, registeredComponents);
    return known;
  }

  async function get(key: string, context: CallContext): Promise<StateEntry | undefined> {
    check([key]);
    const { data, etag } = await reaching(api.getState({ storeName, key }, context));
    return etag === "" ? undefined : { value: data, etag };
  }

  /** False when the store found that its condition does not hold. */
  async function save(
    entry: { key: string; value: Uint8Array } & Lasting,
    condition: (dialect: Dialect) => Condition,
    context: CallContext,
  ): Promise<boolean> {
    check([entry.key], [entry.value.length]);
    const { key, value } = entry;
    const asked = await dialect(context);
    const item = { key, value, metadata: lastingOf(entry), ...condition(asked) };
    return kept(asked, api.saveState({ storeName, states: [item] }, context));
  }

  async function apply(changes: readonly StateChange[], context: CallContext): Promise<void> {
    check(
      changes.map(({ key }) => key),
      changes.flatMap((change) => ("value" in change ? [change.value.length] : [])),
    );
    const operations = changes.map((change) =>
      "value" in change
        ? { operationType: "upsert", request: { ...change, metadata: lastingOf(change) } }
        : { operationType: "delete", request: { key: change.key } },
    );
    await reaching(api.executeStateTransaction({ storeName, operations }, context));
  }

  return {
    get,
    async getMany(keys, context) {
      check(keys);
      const { items } = await reaching(api.getBulkState({ storeName, keys: [...new Set(keys)] }, context));
      const failed = items.find(({ error }) => error !== "");
      if (failed) throw new AppError(commonErrors.unavailable, { cause: new Error(failed.error) });
      const there = items.filter(({ etag }) => etag !== "");
      return new Map(there.map(({ key, data, etag }) => [key, { value: data, etag }]));
    },
    // A transaction of one: outside of one, Redis sets the value and its end in two steps, between which one may die.
    put: (key, value, lasting, context) => apply([{ key, value, ...lasting }], context),
    async create(key, value, lasting, context) {
      const saved = await save({ key, value, ...lasting }, ({ whenAbsent }) => whenAbsent, context);
      if (!saved) throw new AppError(stateErrors.conflict);
    },
    async replace(key, value, { etag, ...lasting }, context) {
      if (!(await dialect(context)).etag.test(etag)) throw new AppError(stateErrors.conflict);
      const entry = { key, value, ...lasting };
      if (await save(entry, () => ({ etag: { value: etag } }), context)) return;
      const anew = await save(entry, ({ whenAbsent }) => whenAbsent, context);
      if (!anew) throw new AppError(stateErrors.conflict);
    },
    async delete(key, { etag }, context) {
      check([key]);
      if (etag === undefined) return void (await reaching(api.deleteState({ storeName, key }, context)));
      const asked = await dialect(context);
      const fits = asked.etag.test(etag);
      if (fits && (await kept(asked, api.deleteState({ storeName, key, etag: { value: etag } }, context)))) return;
      if (await get(key, context)) throw new AppError(stateErrors.conflict);
    },
    apply,
  };
}

async function kept(dialect: Dialect, write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (dialect.refused(error)) return false;
    throw unreachable(error);
  }
}

async function reaching<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Always said: without it Redis would keep the end of the value that stood there before. */
function lastingOf({ ttlSeconds = -1 }: Lasting): Record<string, string> {
  const valid = ttlSeconds === -1 || (Number.isInteger(ttlSeconds) && ttlSeconds > 0 && ttlSeconds < 2 ** 31);
  if (!valid) throw new RangeError(`a time to live is whole seconds, at least one: ${ttlSeconds}`);
  return { ttlInSeconds: String(ttlSeconds) };
}

/** PostgreSQL takes no empty value: Dapr hands it over as null. */
function check(keys: readonly string[], values: readonly number[] = []): void {
  const wrong = keys.find((key) => !/^[^\p{Cc}]+$/u.test(key) || key.includes("||") || !key.isWellFormed());
  const bytes = keys.map((key) => Buffer.byteLength(key));
  if (wrong !== undefined || bytes.some((size) => size > maxKeyBytes)) throw new AppError(stateErrors.key);
  const total = [...bytes, ...values].reduce((sum, size) => sum + size, 0);
  if (values.includes(0) || total > maxRequestBytes) throw new AppError(stateErrors.size);
}
