import type { SearchDocument } from "./document.ts";
import { fold, termsOf } from "./terms.ts";

type TextField = "name" | "description" | "category" | "attributes";

/** The values by which engines match, filter and sort a document. `createdAtMs` is in milliseconds since 1970. */
export type Projection = {
  terms: Record<TextField, string[]>;
  category: string;
  partnerId: string;
  price: number;
  currency: string;
  inStock: boolean;
  createdAtMs: number;
  sortName: string;
};

/** Limits the folded name, because cursors contain it and must stay short. */
export const maxSortNameLength = 100;

export function project(document: SearchDocument): Projection {
  return {
    terms: {
      name: termsOf(document.name),
      description: termsOf(document.description),
      category: termsOf(document.category),
      attributes: Object.values(document.attributes).flatMap(termsOf),
    },
    category: document.category,
    partnerId: document.partnerId,
    price: document.price,
    currency: document.currency,
    inStock: document.stock > 0,
    createdAtMs: Date.parse(document.createdAt),
    sortName: fold(document.name).slice(0, maxSortNameLength).toWellFormed(),
  };
}
