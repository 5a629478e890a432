import type { SearchDocument } from "@sidecart/search/document";
import { type Projection, project } from "@sidecart/search/projection";
import {
  allowedEdits,
  fieldWeights,
  matchWeights,
  minPrefixLength,
  queryTerms,
  requiredTerms,
} from "@sidecart/search/terms";
import MiniSearch, { type Query } from "minisearch";
import { Vocabulary } from "./vocabulary.ts";

/** The fields of a document that stay in memory, besides its terms. */
export type Facts = Omit<Projection, "terms"> & { id: string; name: string };
export type Hit = { facts: Facts; score: number };

const fields = Object.keys(fieldWeights) as (keyof typeof fieldWeights)[];
const similarWordWeight = 0.3;

/** The documents of one index in memory: their terms, and the fields for filters and sorting. */
export class TextIndex {
  readonly #facts = new Map<string, Facts>();
  readonly #nameWords = new Vocabulary();
  readonly #words = new MiniSearch<Record<string, string>>({
    fields,
    // The terms are already split and folded by the contract's rules, and joined by spaces.
    tokenize: (terms) => terms.split(" "),
    processTerm: (term) => term || null,
  });

  get size(): number {
    return this.#facts.size;
  }

  put(document: SearchDocument): void {
    const { terms, ...facts } = project(document);
    const joined = Object.fromEntries(fields.map((field) => [field, terms[field].join(" ")]));
    if (this.#facts.has(document.id)) this.#words.discard(document.id);
    this.#words.add({ id: document.id, ...joined });
    this.#facts.set(document.id, { id: document.id, name: document.name, ...facts });
    for (const word of terms.name) this.#nameWords.add(word);
  }

  remove(id: string): void {
    if (this.#facts.delete(id)) this.#words.discard(id);
  }

  /** Documents with the required number of the query's terms. A query without terms matches all, with score 0. */
  match(query: string): Hit[] {
    const terms = queryTerms(query);
    if (terms.length === 0) return Array.from(this.#facts.values(), (facts) => ({ facts, score: 0 }));
    const required = requiredTerms(terms.length);
    const results = this.#words.search(terms.join(" "), {
      boost: fieldWeights,
      prefix: (term) => term.length >= minPrefixLength,
      fuzzy: allowedEdits,
      weights: matchWeights,
      filter: ({ queryTerms: matched }) => matched.length >= required,
    });
    return this.#toHits(results);
  }

  /** Documents whose name has, for each typed term, a word with that prefix or a similar one; the best first. */
  matchNames(prefix: string): Hit[] {
    const terms = queryTerms(prefix);
    if (terms.length === 0) return [];
    const alternatives: Query[] = terms.map((term) => {
      const similar = allowedEdits(term) > 0 ? this.#nameWords.withSimilarPrefix(term) : [];
      return {
        combineWith: "OR",
        queries: [
          { queries: [term], prefix: true },
          { queries: similar, boostTerm: () => similarWordWeight },
        ],
      };
    });
    return this.#toHits(this.#words.search({ combineWith: "AND", queries: alternatives, fields: ["name"] }));
  }

  #toHits(results: { id: string; score: number }[]): Hit[] {
    return results.flatMap(({ id, score }) => {
      const facts = this.#facts.get(id);
      return facts ? [{ facts, score }] : [];
    });
  }
}
