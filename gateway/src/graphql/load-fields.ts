import { inOrderOf } from "@sidecart/platform/ids";
import type { MercuriusContext } from "mercurius";
import type { GatewayCall } from "../calls/gateway-call.ts";
import { inBatches } from "../calls/paging.ts";
import type { GraphqlContext } from "./context.ts";

type Queries<Parent> = { obj: Parent }[];
type Loaded<T> = { id: string; value: T };

export type FieldLoad<Parent, T, Missing> = {
  idOf(parent: Parent): string;
  /** The field's value when nothing is found. */
  missing: Missing;
  /** Gets at most 100 ids; returns the results in any order. */
  load(ids: string[], call: GatewayCall): Promise<Loaded<T>[]>;
};

/** A Mercurius loader: loads one field of many objects of a response, 100 objects in one call. */
export function loadField<Parent, T, Missing>({ idOf, missing, load }: FieldLoad<Parent, T, Missing>) {
  return async (queries: Queries<Parent>, context: MercuriusContext): Promise<(T | Missing)[]> => {
    const { call } = context as unknown as GraphqlContext;
    const ids = queries.map(({ obj }) => idOf(obj));
    const loaded = await inBatches(ids, (batch) => load(batch, call));
    return inOrderOf(ids, loaded).map((found) => found?.value ?? missing);
  };
}
