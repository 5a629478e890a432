import { ComponentError } from "@sidecart/pluggable/errors";
import { z } from "zod";
import { id, text } from "./document.ts";
import { maxSortNameLength } from "./projection.ts";
import type { Sort } from "./requests.ts";

/** The position of the last hit of a page: its sort key, and its id as the tie-break. */
export type Position = { key: number | string; id: string };

const position = <Key extends z.ZodType<number | string>>(key: Key) => z.tuple([key, id]);
const amount = position(z.int());
const schemas: Record<Sort, z.ZodType<[number | string, string]>> = {
  relevance: position(z.number().min(0).max(1e9)),
  "price-asc": amount,
  "price-desc": amount,
  newest: amount,
  name: position(text(maxSortNameLength)),
};

/** A cursor is opaque to callers and valid only for the same sort. */
export function encodeCursor(sort: Sort, { key, id }: Position): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString("base64url");
}

export function decodeCursor(sort: Sort, cursor: string): Position {
  const position = positionIn(sort, cursor);
  if (!position) throw new ComponentError("INVALID_ARGUMENT", notACursor(sort));
  return position;
}

/** What is wrong with the cursor of a search, if anything. */
export const cursorProblem = ({ sort, after }: { sort: Sort; after?: string | undefined }): string | undefined =>
  after === undefined || positionIn(sort, after) ? undefined : notACursor(sort);

const notACursor = (sort: Sort) => `after: is not a cursor of a search sorted by ${sort}`;

function positionIn(sort: Sort, cursor: string): Position | undefined {
  const [cursorSort, ...rest] = parse(cursor);
  const result = schemas[sort].safeParse(rest);
  if (cursorSort !== sort || !result.success) return undefined;
  const [key, id] = result.data;
  return { key, id };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
