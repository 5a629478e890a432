import { AppError, commonErrors } from "@sidecart/platform/rpc";
import type { FastifyRequest } from "fastify";
import secureJson from "secure-json-parse";
import { hasRepeatedKey } from "../http/repeated-keys.ts";

type JsonObject = Record<string, unknown>;

/** A well-formed request of GraphQL over HTTP. A parameter that is null counts as absent. */
export type GraphqlRequest = {
  query?: string | undefined;
  variables?: JsonObject | undefined;
  operationName?: string | undefined;
  extensions?: JsonObject | undefined;
};

/** Levels of a request's JSON. The schema needs about five; a recursion over a thousand levels ends a process. */
export const maxLevels = 64;

/** The request in a body or in a URL. Throws BAD_INPUT for one that is not well-formed. */
export function readGraphqlRequest({ method, body, query: search }: FastifyRequest): GraphqlRequest {
  const given = method === "GET" ? fromSearch(search as JsonObject) : (body ?? {});
  if (!isObject(given)) throw badInput("The body must be an object.");
  if (!isWithin(maxLevels, given)) throw badInput(`The request has more than ${maxLevels} levels.`);
  const query = text("query", given.query);
  const extensions = object("extensions", given.extensions);
  if (!query && !extensions?.persistedQuery) throw badInput("query: is missing");
  return {
    query,
    variables: object("variables", given.variables),
    operationName: text("operationName", given.operationName),
    extensions,
  };
}

/** In a URL, objects are JSON texts, and an empty parameter counts as absent. */
function fromSearch({ variables, extensions, operationName, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    operationName: operationName === "" ? undefined : operationName,
    variables: parsed("variables", variables),
    extensions: parsed("extensions", extensions),
  };
}

function parsed(name: string, value: unknown): unknown {
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw badInput(`${name}: is given twice`);
  let json: unknown;
  try {
    json = secureJson.parse(value);
  } catch {
    throw badInput(`${name}: is not JSON`);
  }
  if (hasRepeatedKey(value, json)) throw badInput(`${name}: has a key twice`);
  return json;
}

function text(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw badInput(`${name}: must be a string`);
  return value;
}

function object(name: string, value: unknown): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw badInput(`${name}: must be an object`);
  return value;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The recursion ends at the limit, however deep the value is. */
function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  // The parser's objects have only own keys, and this copies none of them.
  for (const key in value) if (!isWithin(levels - 1, (value as JsonObject)[key])) return false;
  return true;
}

export const badInput = (message: string) => new AppError(commonErrors.invalid, { message });
