import type { estypes } from "@elastic/elasticsearch";
import type { SearchDocument } from "@sidecart/search/document";
import { project } from "@sidecart/search/projection";

// The component splits and folds terms by the contract's rules before it sends them, so no language analyser is needed.
const words = { type: "text", analyzer: "whitespace" } as const;
const exact = { type: "keyword" } as const;

export const maxPrefixLength = 20;

export const mappings: estypes.MappingTypeMapping = {
  dynamic: "strict",
  // Only the document is ever read back. All other fields are derived from it.
  _source: { includes: ["document"] },
  properties: {
    document: { type: "object", enabled: false },
    live: { type: "boolean" },
    id: exact,
    name: words,
    description: words,
    category: words,
    attributes: words,
    namePrefixes: { ...words, norms: false, index_options: "docs" as const },
    categoryKey: exact,
    partnerId: exact,
    price: { type: "long" },
    currency: exact,
    inStock: { type: "boolean" },
    createdAtMs: { type: "long" },
    sortName: exact,
  },
};

export function toEntry(document: SearchDocument): object {
  const { terms, category, ...facts } = project(document);
  return {
    document,
    live: true,
    id: document.id,
    name: terms.name.join(" "),
    description: terms.description.join(" "),
    category: terms.category.join(" "),
    attributes: terms.attributes.join(" "),
    namePrefixes: [...new Set(terms.name.flatMap(prefixesOf))].join(" "),
    categoryKey: category,
    ...facts,
  };
}

/**
 * Replaces a deleted document. Elasticsearch forgets the version of a delete after a minute and at a restart; an older
 * write would then restore the document. Rebuilding the index removes the tombstones.
 */
export const tombstone = { live: false };

function prefixesOf(word: string): string[] {
  const letters = [...word].slice(0, maxPrefixLength);
  return letters.map((_, at) => letters.slice(0, at + 1).join(""));
}
