import type { ErrorKind } from "@sidecart/platform/rpc";

export const gatewayErrors = {
  rateLimited: { code: "RATE_LIMITED", status: "RESOURCE_EXHAUSTED", text: "Too many requests. Slow down." },
  queryTooLarge: { code: "QUERY_TOO_LARGE", status: "INVALID_ARGUMENT", text: "The query's text is too large." },
  queryTooExpensive: {
    code: "QUERY_TOO_EXPENSIVE",
    status: "INVALID_ARGUMENT",
    text: "The query costs too much. Ask for fewer rows or fields.",
  },
  responseTooLarge: {
    code: "RESPONSE_TOO_LARGE",
    status: "INVALID_ARGUMENT",
    text: "The response would have more than 4 Mi characters. Ask for fewer rows or fields.",
  },
  introspectionOff: {
    code: "INTROSPECTION_OFF",
    status: "INVALID_ARGUMENT",
    text: "Introspection is off.",
  },
  // Apollo's clients recognise the text.
  persistedQueryNotFound: {
    code: "MER_ERR_GQL_PERSISTED_QUERY_NOT_FOUND",
    status: "INVALID_ARGUMENT",
    text: "PersistedQueryNotFound",
  },
} as const satisfies Record<string, ErrorKind>;

/** A refusal by the HTTP server. Its status is an HTTP status that no service returns. */
export type HttpErrorKind = { code: string; httpStatus: number; text: string };

export const httpErrors = {
  methodNotAllowed: {
    code: "METHOD_NOT_ALLOWED",
    httpStatus: 405,
    text: "The method is not allowed here. The header `allow` lists the methods that are.",
  },
  notAcceptable: {
    code: "NOT_ACCEPTABLE",
    httpStatus: 406,
    text: "Accept application/graphql-response+json or application/json.",
  },
  requestTimeout: { code: "REQUEST_TIMEOUT", httpStatus: 408, text: "The request did not arrive in time." },
  unsupportedMediaType: {
    code: "UNSUPPORTED_MEDIA_TYPE",
    httpStatus: 415,
    text: "The body must be JSON in UTF-8, without a content encoding.",
  },
  expectationFailed: { code: "EXPECTATION_FAILED", httpStatus: 417, text: "Only `expect: 100-continue` is supported." },
  headersTooLarge: { code: "HEADERS_TOO_LARGE", httpStatus: 431, text: "The headers are too large." },
} as const satisfies Record<string, HttpErrorKind>;
