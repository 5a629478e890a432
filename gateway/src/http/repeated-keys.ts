/** A string of a JSON text, and the colon after it if the string is a key. */
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"([ \t\r\n]*:)?/g;

/**
 * Whether an object of a JSON text has a key twice, which a parser takes for one. `value` is what the text was parsed to: it
 * then has fewer keys than the text.
 */
export function hasRepeatedKey(json: string, value: unknown): boolean {
  let keys = 0;
  for (const [, colon] of json.matchAll(strings)) if (colon !== undefined) keys += 1;
  return keys !== keysIn(value);
}

/** Without recursion, because the value may be of any depth. */
function keysIn(value: unknown): number {
  let keys = 0;
  for (const left = [value]; left.length > 0; ) {
    const one = left.pop();
    if (typeof one !== "object" || one === null) continue;
    const values = Object.values(one);
    if (!Array.isArray(one)) keys += values.length;
    for (const each of values) left.push(each);
  }
  return keys;
}
