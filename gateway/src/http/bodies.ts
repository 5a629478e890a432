import { isUtf8 } from "node:buffer";
import { commonErrors } from "@sidecart/platform/rpc";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { httpErrors } from "../errors.ts";
import { HttpError } from "./http-error.ts";
import { hasRepeatedKey } from "./repeated-keys.ts";

/** Bytes. Enough for a product with a picture of 8 kB and for an order with 100 lines. */
export const bodyLimit = 128 * 1024;

/**
 * Reads bodies as UTF-8. Fastify's own parsers replace each invalid byte by U+FFFD, so a different text would be stored
 * than the one that was sent; of two values of one key they keep the last.
 */
export function readBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const text = textIn(request, body);
    parseJson(request, text, (error, value) => {
      if (!error && hasRepeatedKey(text, value)) done(refusal("The body has a key twice."), undefined);
      else done(error, value);
    });
  });
  app.addContentTypeParser<Buffer>("application/graphql", { parseAs: "buffer" }, (request, body, done) => {
    done(null, { query: textIn(request, body) });
  });
}

const refusal = (message: string) => new HttpError({ ...commonErrors.invalid, httpStatus: 400 }, message);

function textIn({ headers }: FastifyRequest, body: Buffer): string {
  if (!isPlainJson(headers)) checkEncoding(headers);
  if (!isUtf8(body)) throw refusal("The body is not UTF-8.");
  return body.toString();
}

type Headers = FastifyRequest["headers"];

/** The headers that nearly all clients send. */
const isPlainJson = (headers: Headers) =>
  headers["content-type"] === "application/json" && headers["content-encoding"] === undefined;

function checkEncoding(headers: Headers): void {
  const encoding = headers["content-encoding"] ?? "identity";
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers["content-type"] ?? "")?.[1] ?? "utf-8";
  if (encoding.toLowerCase() !== "identity" || !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new HttpError(httpErrors.unsupportedMediaType);
  }
}
