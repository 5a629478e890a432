/** A string of a JSON text, and the colon after it if the string is a key. */
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"([ \t\r\n]*:)?/g;

/**
 * Whether an object of a JSON text has a key twice, which a parser takes for one. `value` is what the text was parsed to: it
 * then has fewer keys than the text.
 */
export function hasRepeatedKey(json: string, value: unknown): boolean {
  const parsed = keysIn(value);
  // Cheap, and in nearly all requests enough: it counts all keys, and at times a text that looks like one.
  if (colonsAfterQuotes(json) === parsed) return false;
  let keys = 0;
  for (const [, colon] of json.matchAll(strings)) if (colon !== undefined) keys += 1;
  return keys !== parsed;
}

function colonsAfterQuotes(json: string): number {
  let found = 0;
  for (let at = json.indexOf(":"); at !== -1; at = json.indexOf(":", at + 1)) {
    let before = at - 1;
    while (json.charCodeAt(before) <= space) before -= 1;
    if (json.charCodeAt(before) === quote) found += 1;
  }
  return found;
}

const [space, quote] = [0x20, 0x22];

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
