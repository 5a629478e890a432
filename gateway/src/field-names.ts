import { AppError, commonErrors } from "@sidecart/platform/errors";
import { type BadField, badFields } from "@sidecart/platform/input";

/** What a service answers; where it refuses fields of its contract, they are named as the API names them. */
export async function named<T>(answer: Promise<T>, name: (field: string) => string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== commonErrors.invalid.code) throw error;
    const fields = error.details?.fields as BadField[] | undefined;
    throw fields ? badFields(fields.map(({ field, problem }) => ({ field: name(field), problem }))) : error;
  }
}

/** Where a list of one id is asked for one. */
export const oneId = (field: string) => field.replace(/^ids\.0$/, "id");

/** What an order to be placed is called there. */
export const ofPlacement = (field: string) => field.replace(/^lines\b/, "orderProducts");
