import { type BadField, badFields, commonErrors, id, parse, toAppError } from "@sidecart/platform/rpc";
import { z } from "zod";

/** The service's response. If the service refuses fields, the error has the API's names for these fields. */
export async function withApiNames<T>(answer: Promise<T>, apiName: (field: string) => string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { code, details } = toAppError(error);
    const fields = code === commonErrors.invalid.code ? (details?.fields as BadField[] | undefined) : undefined;
    throw fields ? badFields(fields.map(({ field, problem }) => ({ field: apiName(field), problem }))) : error;
  }
}

const input = z.object({ id });

/** The id in lower case. Refuses anything else, because a bad id would fail its whole batch at the service. */
export const checkId = (given: string): string => parse(input, { id: given }).id;
