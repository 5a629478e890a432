import { createHash } from "node:crypto";
import { stringify, v7 } from "uuid";

/** A new time-ordered id (RFC 9562, version 7). */
export const newId = (): string => v7();

/** The same id for the same parts (RFC 9562, version 8 over SHA-256), so a retried step creates the same id. */
export function derivedId(...parts: string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return stringify(bytes);
}

/** One result for each id, in the order of the ids; undefined where nothing was found. */
export function inOrderOf<T extends { id: string }>(ids: readonly string[], found: readonly T[]): (T | undefined)[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id));
}

/** Injected wherever the time affects the result, so that tests can set it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };
