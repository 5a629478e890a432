import type dapr from "@dapr/dapr/proto/dapr/proto/runtime/v1/dapr_pb.js";
import type { CallContext } from "../rpc/call.ts";
import { AppError, commonErrors, type ErrorKind } from "../rpc/errors.ts";
import type { RpcClient } from "../rpc/grpc-methods.ts";
import { type Dialect, dialectOf, unreachable } from "./state-dialect.ts";

const stateErrors = {
  conflict: { code: "STATE_CONFLICT", status: "ABORTED", text: "The value has changed meanwhile. Read it again." },
  key: { code: "STATE_KEY", status: "INVALID_ARGUMENT", text: "The key is not a valid state key." },
  size: { code: "STATE_SIZE", status: "INVALID_ARGUMENT", text: "A state value must have 1 byte to 4 MB." },
} as const satisfies Record<string, ErrorKind>;

/** A sidecar accepts requests of 4 MiB; the rest is for keys and metadata. */
export const maxRequestBytes = 4_000_000;
/** PostgreSQL's index accepts 2,700 bytes, app id included. Redis has no such limit. */
export const maxKeyBytes = 512;

type StateEntry = { value: Uint8Array; etag: string };
/** Without a time to live a value stays until it is deleted, even when it replaces a value that had one. */
type Lifetime = { ttlSeconds?: number };
type StateChange = ({ key: string; value: Uint8Array } & Lifetime) | { key: string; deleted: true };

/**
 * An app's own entries in a state store; no other app can read or write them. Every store keeps these promises
 * (tests/portability/state). Errors: STATE_CONFLICT, STATE_KEY, STATE_SIZE, UNAVAILABLE, TIMEOUT. After the last two a
 * write may or may not have happened.
 * An etag detects a changed value, not a deleted one: `replace` writes a deleted key again, and an old etag may match a
 * value that was written after the deletion. So do not delete keys that others replace by etag; give them a time to
 * live.
 */
export type StateStore = {
  get(key: string, context: CallContext): Promise<StateEntry | undefined>;
  /** The entries that exist, by key. Not a snapshot: they may be read at different moments. */
  getMany(keys: readonly string[], context: CallContext): Promise<Map<string, StateEntry>>;
  /** Overwrites: the last write wins. */
  put(key: string, value: Uint8Array, lifetime: Lifetime, context: CallContext): Promise<void>;
  /** The first write wins: STATE_CONFLICT when the key has a value. */
  create(key: string, value: Uint8Array, lifetime: Lifetime, context: CallContext): Promise<void>;
  /** STATE_CONFLICT when the value has another etag. */
  replace(key: string, value: Uint8Array, options: Lifetime & { etag: string }, context: CallContext): Promise<void>;
  /** No error when there is no value. With an etag, STATE_CONFLICT when the value has another one. */
  delete(key: string, options: { etag?: string }, context: CallContext): Promise<void>;
  /** All changes or none. Without conditions: when one fails, Redis would still apply the other changes. */
  apply(changes: readonly StateChange[], context: CallContext): Promise<void>;
};

type StateCalls = Pick<
  RpcClient<typeof dapr.Dapr, CallContext>,
  "getState" | "getBulkState" | "saveState" | "deleteState" | "executeStateTransaction" | "getMetadata"
>;
type Condition = Pick<Dialect["whenAbsent"], "etag" | "options">;
type Component = { api: StateCalls; storeName: string; dialect(context: CallContext): Promise<Dialect> };

/** The state store behind the Dapr component `storeName`. */
export function stateStore({ api }: { api: StateCalls }, storeName: string): StateStore {
  let known: Dialect | undefined;
  const dialect = async (context: CallContext): Promise<Dialect> => {
    if (known) return known;
    const { registeredComponents } = await orUnavailable(api.getMetadata({}, context));
    known = dialectOf(storeName, registeredComponents);
    return known;
  };
  const component = { api, storeName, dialect };
  return {
    get: (key, context) => get(component, key, context),
    getMany: (keys, context) => getMany(component, keys, context),
    // A transaction of one change: otherwise Redis sets the value and its expiry in two steps, and may crash between
    // them.
    put: (key, value, lifetime, context) => apply(component, [{ key, value, ...lifetime }], context),
    async create(key, value, lifetime, context) {
      const saved = await save(component, { key, value, ...lifetime }, ({ whenAbsent }) => whenAbsent, context);
      if (!saved) throw new AppError(stateErrors.conflict);
    },
    async replace(key, value, { etag, ...lifetime }, context) {
      if (!(await dialect(context)).etag.test(etag)) throw new AppError(stateErrors.conflict);
      const entry = { key, value, ...lifetime };
      if (await save(component, entry, () => ({ etag: { value: etag } }), context)) return;
      const created = await save(component, entry, ({ whenAbsent }) => whenAbsent, context);
      if (!created) throw new AppError(stateErrors.conflict);
    },
    delete: (key, { etag }, context) => remove(component, key, etag, context),
    apply: (changes, context) => apply(component, changes, context),
  };
}

async function get({ api, storeName }: Component, key: string, context: CallContext): Promise<StateEntry | undefined> {
  check([key]);
  const { data, etag } = await orUnavailable(api.getState({ storeName, key }, context));
  return etag === "" ? undefined : { value: data, etag };
}

async function getMany(
  { api, storeName }: Component,
  keys: readonly string[],
  context: CallContext,
): Promise<Map<string, StateEntry>> {
  check(keys);
  const { items } = await orUnavailable(api.getBulkState({ storeName, keys: [...new Set(keys)] }, context));
  const failed = items.find(({ error }) => error !== "");
  if (failed) throw new AppError(commonErrors.unavailable, { cause: new Error(failed.error) });
  const existing = items.filter(({ etag }) => etag !== "");
  return new Map(existing.map(({ key, data, etag }) => [key, { value: data, etag }]));
}

/** False when the store refused the write because the condition does not hold. */
async function save(
  { api, storeName, dialect }: Component,
  entry: { key: string; value: Uint8Array } & Lifetime,
  condition: (dialect: Dialect) => Condition,
  context: CallContext,
): Promise<boolean> {
  check([entry.key], [entry.value.length]);
  const { key, value } = entry;
  const own = await dialect(context);
  const item = { key, value, metadata: ttlMetadata(entry), ...condition(own) };
  return conditionHeld(own, api.saveState({ storeName, states: [item] }, context));
}

async function remove(component: Component, key: string, etag: string | undefined, context: CallContext) {
  const { api, storeName } = component;
  check([key]);
  if (etag === undefined) return void (await orUnavailable(api.deleteState({ storeName, key }, context)));
  const own = await component.dialect(context);
  const deleted =
    own.etag.test(etag) &&
    (await conditionHeld(own, api.deleteState({ storeName, key, etag: { value: etag } }, context)));
  if (!deleted && (await get(component, key, context))) throw new AppError(stateErrors.conflict);
}

async function apply(
  { api, storeName }: Component,
  changes: readonly StateChange[],
  context: CallContext,
): Promise<void> {
  check(
    changes.map(({ key }) => key),
    changes.flatMap((change) => ("value" in change ? [change.value.length] : [])),
  );
  const operations = changes.map((change) =>
    "value" in change
      ? { operationType: "upsert", request: { ...change, metadata: ttlMetadata(change) } }
      : { operationType: "delete", request: { key: change.key } },
  );
  await orUnavailable(api.executeStateTransaction({ storeName, operations }, context));
}

async function conditionHeld(dialect: Dialect, write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (dialect.refused(error)) return false;
    throw unreachable(error);
  }
}

async function orUnavailable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw unreachable(error);
  }
}

/** Always sent: without it Redis would keep the expiry of the previous value. */
function ttlMetadata({ ttlSeconds = -1 }: Lifetime): Record<string, string> {
  const valid = ttlSeconds === -1 || (Number.isInteger(ttlSeconds) && ttlSeconds > 0 && ttlSeconds < 2 ** 31);
  if (!valid) throw new RangeError(`a time to live must be a whole number of seconds, at least 1, not ${ttlSeconds}`);
  return { ttlInSeconds: String(ttlSeconds) };
}

/** PostgreSQL cannot store an empty value: Dapr passes it as null. */
function check(keys: readonly string[], values: readonly number[] = []): void {
  const wrong = keys.find((key) => !/^[^\p{Cc}]+$/u.test(key) || key.includes("||") || !key.isWellFormed());
  const bytes = keys.map((key) => Buffer.byteLength(key));
  if (wrong !== undefined || bytes.some((size) => size > maxKeyBytes)) throw new AppError(stateErrors.key);
  const total = [...bytes, ...values].reduce((sum, size) => sum + size, 0);
  if (values.includes(0) || total > maxRequestBytes) throw new AppError(stateErrors.size);
}
