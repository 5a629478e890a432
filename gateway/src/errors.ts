import type { ErrorKind } from "@sidecart/platform/rpc";

export const gatewayErrors = {
  rateLimited: { code: "RATE_LIMITED", status: "RESOURCE_EXHAUSTED", text: "Too many requests. Slow down." },
  queryTooLarge: { code: "QUERY_TOO_LARGE", status: "INVALID_ARGUMENT", text: "The query's text is too large." },
  queryTooExpensive: {
    code: "QUERY_TOO_EXPENSIVE",
    status: "INVALID_ARGUMENT",
    text: "The query costs too much. Ask for fewer rows or fields.",
  },
} as const satisfies Record<string, ErrorKind>;
