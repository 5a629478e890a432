import { dictionary } from "@zxcvbn-ts/language-common";

const leaked: ReadonlySet<string> = new Set(dictionary["passwords-common"]);
/** Common passwords that the package does not list. */
const further: ReadonlySet<string> = new Set(
  `0123456789 0987654321 9876543210 0000000000 1111111111 aaaaaaaaaa aa12345678 abcdefghij abcdefghijk abcdef1234
   123456abcdef asdfghjkl; !qaz2wsx#edc p@ssword123 testpassword secretpassword trustno1trustno1 changemenow
   rootroot12 root123456 linkedin12 linkedin123 correcthorsebatterystaple`.split(/\s+/),
);

/** True for a common password: a leaked one, or a leaked one followed by a number. `folded` is in lower case. */
export function isCommonPassword(folded: string): boolean {
  const withoutNumber = folded.replace(/[\d!]{1,5}$/, "");
  return leaked.has(folded) || leaked.has(withoutNumber) || further.has(folded);
}
