import { text } from "@sidecart/platform/rpc";
import { toASCII } from "tr46";

/** RFC 5321, 4.1.2: a dot-string of at most 64 characters. Quoted local parts are legal, but nobody has one. */
const localPart = /^(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** A host below a top-level domain, which is never a number (RFC 3696, section 2). */
const host = /^(?:[^.]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)$/;
/** RFC 5321, 4.5.3.1.3: a path of 256 characters with its brackets. */
const maxLength = 254;

/** UTS 46 with the rules of RFC 1035 for labels: letters, digits and inner hyphens, 63 characters, 253 in all. */
const idna = {
  checkBidi: true,
  checkHyphens: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
};

/** The domain in lower case, an international one in its ASCII form. Undefined when it is no domain. */
function asciiDomain(domain: string): string | undefined {
  const ascii = toASCII(domain, idna);
  return ascii !== null && host.test(ascii) ? ascii : undefined;
}

/** The parts before and after the last @. */
function partsOf(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf("@");
  return { local: email.slice(0, Math.max(0, at)), domain: email.slice(at + 1) };
}

/** The address as it is stored and used: its domain in ASCII. Undefined when nobody can receive e-mail there. */
export function parseEmail(given: string): string | undefined {
  const { local, domain } = partsOf(given);
  const ascii = asciiDomain(domain);
  if (ascii === undefined || !localPart.test(local)) return undefined;
  const email = `${local}@${ascii}`;
  return email.length <= maxLength ? email : undefined;
}

/** An e-mail address that a person typed. */
export const emailAddress = text(3, maxLength).transform((given, context) => {
  const email = parseEmail(given);
  if (email !== undefined) return email;
  context.addIssue({ code: "custom", message: "is not an e-mail address" });
  return given;
});

/** The form in which e-mail addresses are compared: independent of case, Unicode form and the form of the domain. */
export function emailKey(email: string): string {
  const folded = email.normalize("NFKC").toLowerCase().normalize("NFKC");
  const { local, domain } = partsOf(folded);
  const ascii = asciiDomain(domain);
  return local === "" || ascii === undefined ? folded : `${local}@${ascii}`;
}
