import { AppError, background } from "@sidecart/platform/rpc";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import { isPublished } from "./password.ts";
import { registerAs } from "./register.ts";

/**
 * Creates the first admin, who can grant roles to others. E-mail and password come from the secret store. An existing
 * account with this e-mail address stays unchanged, whatever its password. So after a lost password, another e-mail
 * address in the secret creates another admin.
 */
export async function ensureFirstAdmin(deps: Deps, admin: Record<string, string>): Promise<void> {
  const { email, password } = admin;
  if (isPublished(password ?? "") && !deps.local) {
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
