import { withoutSecrets } from "@sidecart/pluggable/safe-error";
import { z } from "zod";

/** Why a program failed, as it prints it: without credentials, which messages of drivers and programs may quote. */
export function failureText(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return withoutSecrets(error instanceof Error ? error.message : String(error));
}
