import { LRUCache } from "lru-cache";
import { httpErrors } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { badInput } from "./graphql-request.ts";
import { maxTokens } from "./query-limits.ts";
import { type Operation, operationsOf, tokensOf } from "./query-tokens.ts";

const cachedTexts = 500;
const operations = new LRUCache<string, { found: Operation[] | undefined }>({
  max: cachedTexts,
  memoMethod(text) {
    const tokens = tokensOf(text, maxTokens);
    return { found: tokens && operationsOf(tokens) };
  },
});

/**
 * Refuses the name of an operation that the text does not have, and by GET everything but queries. Mercurius would fail
 * at an unknown name by GET, and run another operation once the query is compiled.
 */
export function checkOperation(text: string, name: string | undefined, method: string): void {
  if (name === undefined && method !== "GET") return;
  const { found } = operations.memo(text);
  // Parsing the text will say what is wrong.
  if (!found || found.length === 0) return;
  const chosen = name === undefined ? found : found.filter((one) => one.name === name);
  const [operation] = chosen;
  if (!operation) throw badInput(`Unknown operation named "${name}".`);
  if (chosen.length > 1) throw badInput("Must provide operation name if query contains multiple operations.");
  if (method === "GET" && operation.kind !== "query") {
    throw new HttpError(httpErrors.methodNotAllowed, "GET is only for queries.");
  }
}
