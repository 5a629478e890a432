/**
 * How text becomes terms. All engines use the same rules for documents and queries, so that they match the same words.
 * Accents and case are folded. Every character except letters and digits is a separator. Scripts without spaces are split
 * by character.
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

/** The distinct terms of a query, at most `maxQueryTerms`; further terms are ignored. */
export function queryTerms(query: string): string[] {
  return [...new Set(termsOf(query))].slice(0, maxQueryTerms);
}

/** Replaces control, unassigned and invalid characters with spaces, because a user may type anything. */
export function plainQuery(query: string): string {
  return query.toWellFormed().replace(/[\p{C}\ufffd]/gu, " ");
}

/** The edit distance that a term tolerates. Short words are too similar to each other for any. */
export function allowedEdits(term: string): 0 | 1 | 2 {
  if (term.length < 4) return 0;
  return term.length < 8 ? 1 : 2;
}

/** Shorter terms would match the prefix of too many words. */
export const minPrefixLength = 3;

/** How many of a query's terms a document must contain: all of one or two, all but one of three or four, then 70 %. */
export function requiredTerms(count: number): number {
  if (count <= 2) return count;
  return count <= 4 ? count - 1 : Math.ceil(count * 0.7);
}

/** The weight of a match in each field, relative to the description. */
export const fieldWeights = { name: 4, category: 2, attributes: 1.5, description: 1 } as const;

/** The weight of a match by prefix or by a similar word, relative to an exact match. */
export const matchWeights = { prefix: 0.4, fuzzy: 0.3 } as const;
