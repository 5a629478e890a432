import { hash, verify } from "@node-rs/argon2";
import { AppError, codePoints } from "@sidecart/platform/rpc";
import { isCommonPassword } from "./common-passwords.ts";
import { emailKey } from "./email.ts";
import { accountErrors } from "./errors.ts";

/** The library's number for Argon2id. Its named constant is a const enum, which type stripping does not support. */
const argon2id = 2;
/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. */
const argon = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** The password of the sample log-ins. It is public, because the README has it. */
export const publishedPassword = "sidecart-local";
const minLength = 10;
const maxLength = 128;

/** What is hashed. A password that is typed in another Unicode form is the same password. */
const hashed = (password: string) => password.normalize("NFKC");

/** Equal for texts that differ only by case or Unicode form. Upper case first, because ß has no lower case of its own. */
const folded = (text: string) => hashed(hashed(text).toUpperCase().toLowerCase());

/** The sample password, in any Unicode form. */
export const isPublished = (password: string): boolean => hashed(password) === publishedPassword;

/**
 * Checks the password in the form that is hashed: its length, and a list of common passwords, as NIST SP 800-63B
 * recommends, without rules about kinds of characters. Lengths are in code points.
 */
export function checkPassword(password: string, email: string, username: string, local: boolean): void {
  const length = codePoints(hashed(password));
  const same = folded(password);
  if (length < minLength) throw weak(`Use at least ${minLength} characters.`);
  if (length > maxLength) throw weak(`Use at most ${maxLength} characters.`);
  if (isCommonPassword(same) || (same === publishedPassword && !local)) throw weak("This password is too common.");
  if (new Set(same).size < 4) throw weak("Use more than three different characters.");
  const [mailbox = ""] = email.split("@");
  if ([username, email, mailbox].some((own) => folded(own) === same) || emailKey(password) === emailKey(email)) {
    throw weak("Do not use your name or e-mail.");
  }
}

const weak = (message: string) => new AppError(accountErrors.weakPassword, { message });

export const hashPassword = (password: string): Promise<string> => hash(hashed(password), argon);

let decoy: Promise<string> | undefined;

/**
 * Does the same work with and without a hash, so that the time does not reveal which accounts exist. Tests pass their
 * own `verifyHash`.
 */
export async function passwordMatches(
  stored: string | undefined,
  password: string,
  verifyHash: typeof verify = verify,
): Promise<boolean> {
  decoy ??= hashPassword("what nobody chose");
  const matches = await verifyHash(stored ?? (await decoy), hashed(password));
  return stored !== undefined && matches;
}
