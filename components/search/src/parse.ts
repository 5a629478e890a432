import { ComponentError } from "@sidecart/pluggable/errors";
import type { z } from "zod";
import { type Operation, type Request, requestSchemas } from "./requests.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Parses and validates the `data` of a call; throws INVALID_ARGUMENT with the name of the field. */
export function parseRequest<Name extends Operation>(operation: Name, data: Uint8Array): Request<Name> {
  const result = requestSchemas[operation].safeParse(parseJson(data));
  if (!result.success) throw new ComponentError("INVALID_ARGUMENT", describe(result.error));
  return result.data as Request<Name>;
}

/** The first five problems, each as `field: problem`. */
export function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${fieldOf(issue.path)}: ${issue.message}`)
    .join("; ");
}

function fieldOf(path: readonly PropertyKey[]): string {
  const field = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return field.replace(/^\./, "").slice(0, 200) || "data";
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data));
  } catch {
    throw new ComponentError("INVALID_ARGUMENT", "data: is not JSON in UTF-8");
  }
}
