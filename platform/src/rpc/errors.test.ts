import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import fc from "fast-check";
import t from "tap";
import {
  AppError,
  commonErrors,
  type ErrorKind,
  isRefusedBySidecar,
  isRetryable,
  isServersFault,
  type StatusName,
  toAppError,
  toServiceError,
} from "./errors.ts";

/** The error as the caller of a remote call receives it. */
function received(error: unknown): ServiceError {
  const { code, details, metadata } = toServiceError(error);
  return Object.assign(new Error(details), { code, details, metadata }) as ServiceError;
}

const fromSidecar = (code: status, details = "", metadata = new Metadata()): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata });

t.test("code, status, text and details reach the caller unchanged, in any script", async (t) => {
  const kinds = Object.values(commonErrors);
  const texts = fc.string({ unit: "grapheme", minLength: 1 });
  const details = fc.dictionary(texts, fc.oneof(texts, fc.integer(), fc.boolean()), { noNullPrototype: true });
  fc.assert(
    fc.property(fc.constantFrom(...kinds), texts, details, (kind, message, details) => {
      const error = toAppError(received(new AppError(kind, { message, details })));
      t.same(
        { code: error.code, status: error.status, message: error.message, details: error.details },
        { code: kind.code, status: kind.status, message, details },
      );
    }),
  );
  t.pass("for any text");
});

t.test("every status has an HTTP status and a gRPC status", async (t) => {
  const expected: [StatusName, number][] = [
    ["INVALID_ARGUMENT", 400],
    ["UNAUTHENTICATED", 401],
    ["PERMISSION_DENIED", 403],
    ["NOT_FOUND", 404],
    ["ALREADY_EXISTS", 409],
    ["ABORTED", 409],
    ["FAILED_PRECONDITION", 409],
    ["RESOURCE_EXHAUSTED", 429],
    ["CANCELLED", 499],
    ["INTERNAL", 500],
    ["UNAVAILABLE", 503],
    ["DEADLINE_EXCEEDED", 504],
  ];
  for (const [name, http] of expected) {
    const error = new AppError({ code: "X", status: name, text: "x" });
    t.equal(error.httpStatus, http);
    t.type(toServiceError(error).code, "number");
  }
});

t.test("an unexpected error reveals nothing to the caller", async (t) => {
  for (const thrown of [new Error("password=hunter2"), "a string", undefined, null, { code: 5 }]) {
    const error = toAppError(thrown);
    t.match(error, { code: "INTERNAL", status: "INTERNAL", message: commonErrors.internal.text, details: undefined });
    t.equal(error.cause, thrown, "the log has all of it");
    t.notMatch(JSON.stringify([toServiceError(thrown).metadata?.getMap(), toServiceError(thrown).details]), "hunter2");
  }
});

t.test("a cause never reaches the caller", async (t) => {
  const error = new AppError(commonErrors.notFound, { cause: new Error("select * from secrets") });
  t.notMatch(decodeURIComponent(String(received(error).metadata.get("sidecart-error"))), "secrets");
});

t.test("each status of the sidecar becomes the error that it means", async (t) => {
  for (const [code, kind] of [
    [status.UNAVAILABLE, commonErrors.unavailable],
    [status.DEADLINE_EXCEEDED, commonErrors.timeout],
    [status.CANCELLED, commonErrors.cancelled],
    [status.PERMISSION_DENIED, commonErrors.refusedBySidecar],
    [status.INTERNAL, commonErrors.internal],
    [status.UNKNOWN, commonErrors.internal],
  ] as [status, ErrorKind][]) {
    t.equal(toAppError(fromSidecar(code, "dial tcp 10.0.0.1:5432")).code, kind.code);
    t.notMatch(toAppError(fromSidecar(code, "dial tcp 10.0.0.1:5432")).message, "10.0.0.1");
  }
});

t.test("a refusal by a service differs from a refusal by an access policy", async (t) => {
  const refusal = received(new AppError(commonErrors.forbidden));
  t.notOk(isRefusedBySidecar(refusal));
  t.equal(toAppError(refusal).code, "FORBIDDEN");
  t.ok(isRefusedBySidecar(fromSidecar(status.PERMISSION_DENIED)));
  t.notOk(isRefusedBySidecar(fromSidecar(status.UNAVAILABLE)));
});

t.test("a trailer of another program is ignored", async (t) => {
  for (const sent of [
    "",
    "%E0%A4%A",
    "not json",
    "null",
    "{}",
    '{"status":"toString","code":"X","text":"x"}',
    '{"status":"NO"}',
  ]) {
    const metadata = new Metadata();
    metadata.set("sidecart-error", sent);
    t.equal(toAppError(fromSidecar(status.UNKNOWN, "", metadata)).code, "INTERNAL", sent);
  }
});

t.test("only transient errors are retryable", async (t) => {
  t.ok(isRetryable(new AppError(commonErrors.unavailable)));
  t.ok(isRetryable(new AppError(commonErrors.timeout)));
  t.ok(isRetryable(new AppError(commonErrors.overloaded)));
  t.notOk(isRetryable(new AppError(commonErrors.tooLarge)), "it has the same status");
  t.ok(isRetryable(fromSidecar(status.UNAVAILABLE)));
  t.ok(isRetryable(fromSidecar(status.PERMISSION_DENIED)), "an operator may correct an access policy");
  t.ok(isRetryable(received(new AppError(commonErrors.unavailable))));
  for (const no of [new Error("a bug"), new AppError(commonErrors.invalid), new AppError(commonErrors.notFound)]) {
    t.notOk(isRetryable(no));
  }
});

t.test("an error of any size fits the trailers that gRPC stacks accept", async (t) => {
  const fields = Array.from({ length: 500 }, (_, place) => ({ field: `attributes.${place}`, problem: "too long" }));
  const error = new AppError(commonErrors.invalid, { message: "ü".repeat(5_000), details: { fields } });
  const sent = received(error);
  const size = String(sent.metadata.get("sidecart-error")[0]).length;
  t.ok(size <= 6_000, `${size} bytes`);
  t.match(toAppError(sent), { code: "BAD_INPUT", message: "ü".repeat(300) }, "shortened, and without its details");
});

t.test("what we could not serve is our fault, and a mistake of the caller is not", async (t) => {
  const { unavailable, timeout, internal, refusedBySidecar, overloaded, tooBusy, ...callers } = commonErrors;
  for (const kind of [unavailable, timeout, internal, refusedBySidecar, overloaded, tooBusy]) {
    t.ok(isServersFault(received(new AppError(kind))), kind.code);
  }
  for (const kind of Object.values(callers)) t.notOk(isServersFault(received(new AppError(kind))), kind.code);
});
