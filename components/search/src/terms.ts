/**
 * How text becomes terms, for documents and queries alike and for every engine, so that all of them match the same
 * words: accents and case are folded, anything but letters and digits separates, and scripts written without spaces
 * are split by character.
 */
const termPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[[\p{L}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]]+/gv;

const maxTermLength = 64;
const maxQueryTerms = 16;

export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function termsOf(text: string): string[] {
  return (fold(text).match(termPattern) ?? []).map((term) => term.slice(0, maxTermLength).toWellFormed());
}

/** The distinct terms of a query; more than any sensible query has are left out. */
export function queryTerms(query: string): string[] {
  return [...new Set(termsOf(query))].slice(0, maxQueryTerms);
}

/** What a person typed may hold anything; characters that are not text separate words. */
export function plainQuery(query: string): string {
  return query.toWellFormed().replace(/[\p{C}\ufffd]/gu, " ");
}

/** The edit distance forgiven for a term: short words are too close to one another. */
export function forgivenEdits(term: string): 0 | 1 | 2 {
  if (term.length < 4) return 0;
  return term.length < 8 ? 1 : 2;
}

/** Shorter terms would match the start of too many words. */
export const minPrefixLength = 3;

/** How many of a query's terms a document must have: both of two, all but one of three or four, then 70 %. */
export function requiredTerms(count: number): number {
  if (count <= 2) return count;
  return count <= 4 ? count - 1 : Math.ceil(count * 0.7);
}

/** What each field's match is worth, relative to the description. */
export const fieldWeights = { name: 4, category: 2, attributes: 1.5, description: 1 } as const;

/** What a match by the start of a word, or by a similar word, is worth relative to the word itself. */
export const matchWeights = { prefix: 0.4, fuzzy: 0.3 } as const;
