import { AppError } from "@sidecart/platform/rpc";
import { gatewayErrors } from "../errors.ts";

/** Characters of a response's text; 1,000 products with a description of 4,000 each. */
export const maxResponseLength = 4 * 1024 * 1024;

/**
 * The JSON text of a response. Throws RESPONSE_TOO_LARGE before it is made: a field under many names is one text in
 * memory, and many in the response.
 */
export function responseText(response: unknown): string {
  if (lengthLeft(response, maxResponseLength) < 0) throw new AppError(gatewayErrors.responseTooLarge);
  return JSON.stringify(response);
}

/** What is left of a length after a value, escapes aside. It stops below 0. */
function lengthLeft(value: unknown, length: number): number {
  if (typeof value === "string") return length - value.length - 2;
  if (typeof value !== "object" || value === null) return length - 4;
  let left = length - 2;
  for (const key in value) {
    left = lengthLeft((value as Record<string, unknown>)[key], left - 1 - (Array.isArray(value) ? 0 : key.length + 3));
    if (left < 0) return left;
  }
  return left;
}
