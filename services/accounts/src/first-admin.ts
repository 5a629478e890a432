import { AppError, background } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { publishedPassword } from "./password.ts";
import { registerAs } from "./register.ts";

/**
 * Makes the account that can make the others. Its log-in comes from the secret store. Whoever has the e-mail already stays as
 * they are, whatever password stands there: another e-mail makes another admin, which is the way back from a lost password.
 */
export async function ensureFirstAdmin(deps: Deps, admin: Record<string, string>): Promise<void> {
  const { email, password } = admin;
  if (password === publishedPassword && !deps.local) {
    throw new Error("secret accounts-first-admin: the published sample password is refused outside local mode");
  }
  try {
    await registerAs(
      deps,
      { email, username: "admin", password, commandId: "" },
      ["admin", "customer"],
      background(30_000),
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== accountErrors.emailTaken.code) throw error;
  }
}
