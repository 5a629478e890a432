import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

/**
 * How a GraphQL response is sent: its media type and which errors decide its status (GraphQL over HTTP). A request error
 * is found before the execution, a field error during it. Otherwise the status is 200.
 */
export type ResponseType = { contentType: string; statusOfRequestErrors: boolean; statusOfFieldErrors: boolean };

const json = "application/json";
const graphqlResponse = "application/graphql-response+json";
/** The first one is the response's type if the client accepts any type. */
const offered = [json, graphqlResponse];

const typed: ResponseType = {
  contentType: `${graphqlResponse}; charset=utf-8`,
  statusOfRequestErrors: true,
  statusOfFieldErrors: false,
};
/** For a client that asks for JSON by name, which may mistake any other status for a proxy's response. */
const namedJson: ResponseType = {
  contentType: `${json}; charset=utf-8`,
  statusOfRequestErrors: false,
  statusOfFieldErrors: false,
};
/** For a client that states nothing. Its responses had these statuses before there was a choice. */
const anyJson: ResponseType = { ...namedJson, statusOfRequestErrors: true, statusOfFieldErrors: true };

const cachedHeaders = 100;
const negotiated = new LRUCache<string, { type: ResponseType | undefined }>({
  max: cachedHeaders,
  memoMethod: (accept) => ({ type: negotiate(accept) }),
});

/** The type for a request's `Accept` header; undefined when the client accepts none of ours. */
export const responseTypeOf = (accept = "*/*"): ResponseType | undefined =>
  accept === "*/*" ? anyJson : negotiated.memo(accept).type;

function negotiate(accept: string): ResponseType | undefined {
  // Our types have no parameters, so a parameter would not match.
  const withoutCharset = accept.replaceAll(/;\s*charset\s*=[^,;]*/gi, "");
  const [best] = new Negotiator({ headers: { accept: withoutCharset } }).mediaTypes(offered);
  if (best === graphqlResponse) return typed;
  if (best === undefined) return undefined;
  return /\bapplication\/json\b/i.test(accept) ? namedJson : anyJson;
}
