import { dictionary } from "@zxcvbn-ts/language-common";

const leaked: ReadonlySet<string> = new Set(dictionary["passwords-common"]);
/** Guessed first too, though the package does not list them. */
const further: ReadonlySet<string> = new Set(
  `0123456789 0987654321 9876543210 0000000000 1111111111 aaaaaaaaaa aa12345678 abcdefghij abcdefghijk abcdef1234
   123456abcdef asdfghjkl; !qaz2wsx#edc p@ssword123 testpassword secretpassword trustno1trustno1 changemenow
   rootroot12 root123456 linkedin12 linkedin123 correcthorsebatterystaple`.split(/\s+/),
);

/** Whether a password in lower case is among those that are guessed first: a leaked one, or one with a number after it. */
export function isCommonPassword(folded: string): boolean {
  const withoutNumber = folded.replace(/[\d!]{1,5}$/, "");
  return leaked.has(folded) || leaked.has(withoutNumber) || further.has(folded);
}
