import { hash, verify } from "@node-rs/argon2";
import { AppError } from "@sidecart/platform/rpc";
import { isCommonPassword } from "./common-passwords.ts";
import { accountErrors } from "./errors.ts";

/** The library's number for Argon2id; its own name for it is a const enum, which stripped types cannot use. */
const argon2id = 2;
/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. */
const argon = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The password of the sample log-ins: every reader of the README knows it. */
export const publishedPassword = "sidecart-local";
const minLength = 10;
const maxLength = 128;

/** Length and a list of what is guessed first, as NIST SP 800-63B has it; no rules about kinds of characters. */
export function checkPassword(password: string, email: string, username: string, local: boolean): void {
  const folded = password.toLowerCase();
  const [mailbox = ""] = email.toLowerCase().split("@");
  if (password.length < minLength) throw weak(`Use at least ${minLength} characters.`);
  if (password.length > maxLength) throw weak(`Use at most ${maxLength} characters.`);
  if (isCommonPassword(folded) || (folded === publishedPassword && !local))
    throw weak("This password is on the list of those that are guessed first.");
  if (new Set(folded).size < 4) throw weak("Use more than three different characters.");
  if (folded === username.toLowerCase() || folded === email.toLowerCase() || folded === mailbox) {
    throw weak("Do not use your name or e-mail.");
  }
}

const weak = (message: string) => new AppError(accountErrors.weakPassword, { message });

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"), argon);

let decoy: Promise<string> | undefined;

/** Takes the same time whether there is a hash or not, so that the time does not tell which accounts exist. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword("what nobody chose");
  const matches = await verify(stored ?? (await decoy), password.normalize("NFKC"));
  return stored !== undefined && matches;
}
