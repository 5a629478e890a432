import { type BadField, badFields, commonErrors, id, parse, toAppError } from "@sidecart/platform/rpc";
import { z } from "zod";

/** What a service answers; where it refuses fields of its contract, they are named as the API names them. */
export async function named<T>(answer: Promise<T>, name: (field: string) => string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { code, details } = toAppError(error);
    const fields = code === commonErrors.invalid.code ? (details?.fields as BadField[] | undefined) : undefined;
    throw fields ? badFields(fields.map(({ field, problem }) => ({ field: name(field), problem }))) : error;
  }
}

const one = z.object({ id });

/** The id, in lower case. Refused here if it is none, it does not spoil the call in which it would go with others. */
export const checkId = (given: string): string => parse(one, { id: given }).id;

/** What an order to be placed is called there. */
export const ofPlacement = (field: string) => field.replace(/^lines\b/, "orderProducts");
