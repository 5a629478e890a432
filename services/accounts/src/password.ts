import { hash, verify } from "@node-rs/argon2";
import { AppError } from "@sidecart/platform/rpc";
import { isCommonPassword } from "./common-passwords.ts";
import { accountErrors } from "./errors.ts";

/** The library's number for Argon2id. Its named constant is a const enum, which type stripping does not support. */
const argon2id = 2;
/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. */
const argon = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The password of the sample log-ins. It is public, because the README has it. */
export const publishedPassword = "sidecart-local";
const minLength = 10;
const maxLength = 128;

/**
 * Checks the length and a list of common passwords, as NIST SP 800-63B recommends, without rules about kinds of
 * characters.
 */
export function checkPassword(password: string, email: string, username: string, local: boolean): void {
  const folded = password.toLowerCase();
  const [mailbox = ""] = email.toLowerCase().split("@");
  if (password.length < minLength) throw weak(`Use at least ${minLength} characters.`);
  if (password.length > maxLength) throw weak(`Use at most ${maxLength} characters.`);
  if (isCommonPassword(folded) || (folded === publishedPassword && !local)) throw weak("This password is too common.");
  if (new Set(folded).size < 4) throw weak("Use more than three different characters.");
  if (folded === username.toLowerCase() || folded === email.toLowerCase() || folded === mailbox) {
    throw weak("Do not use your name or e-mail.");
  }
}

const weak = (message: string) => new AppError(accountErrors.weakPassword, { message });

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"), argon);

let decoy: Promise<string> | undefined;

/** Takes the same time with and without a hash, so that the time does not reveal which accounts exist. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword("what nobody chose");
  const matches = await verify(stored ?? (await decoy), password.normalize("NFKC"));
  return stored !== undefined && matches;
}
