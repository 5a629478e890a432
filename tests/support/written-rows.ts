import type { WrittenRow } from "@sidecart/platform/events";
import type { Store } from "./store.ts";

/** Outbox rows as a statement hands them to the relay, and the remaining seconds of their lease. */
export async function rowsWritten(
  { query }: Pick<Store, "query">,
  where: string,
  values: unknown[],
): Promise<{ row: WrittenRow; seconds: number }[]> {
  return query(
    `select json_build_object('id', id, 'topic', topic, 'key', key, 'data', data, 'traceparent', traceparent,
       'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as row,
       extract(epoch from claimed_until - now())::float as seconds
     from outbox where ${where} order by id`,
    values,
  );
}
