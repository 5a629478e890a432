import { type BadField, badFields, commonErrors, id, parse, toAppError } from "@sidecart/platform/rpc";
import { z } from "zod";

/** The service's answer. Where it refuses fields of its own contract, the refusal names them as the API does. */
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

/** The id in lower case. Anything else is refused here, since it would fail the whole batch that it would go in. */
export const checkId = (given: string): string => parse(input, { id: given }).id;
