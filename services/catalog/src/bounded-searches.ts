import { boundedWork, commonErrors } from "@sidecart/platform/rpc";
import type { SearchIndex } from "./search-index.ts";

/** Searches of one replica at once. More make an engine slower, not faster. */
const atOnce = 16;
/** About as many as an engine answers in a second. */
const waiting = 200;

/** The index with a limit for what people ask. Further searches are refused with OVERLOADED. */
export function boundSearches(index: SearchIndex): SearchIndex {
  const inTurn = boundedWork(atOnce, waiting, commonErrors.overloaded);
  return {
    ...index,
    search: (query, context) => inTurn(context, () => index.search(query, context)),
    suggest: (prefix, first, context) => inTurn(context, () => index.suggest(prefix, first, context)),
  };
}
