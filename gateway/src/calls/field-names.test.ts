import { AppError, commonErrors, id, parse, quantity, text } from "@sidecart/platform/rpc";
import t from "tap";
import { z } from "zod";
import { checkId, withApiNames } from "./field-names.ts";

const placementField = (field: string) => field.replace(/^lines\b/, "orderProducts");

const line = z.object({ productId: id, quantity });
const placement = z.object({ lines: z.array(line).min(1), idempotencyKey: text(0, 2) });
const refused = (schema: z.ZodType, value: unknown, name: (field: string) => string) =>
  withApiNames(new Promise((resolve) => resolve(parse(schema, value))), name).catch((error: AppError) => ({
    message: error.message,
    fields: error.details?.fields,
  }));

t.test("fields that a service refuses have the names of the API", async (t) => {
  const place = (asked: object) => refused(placement, asked, placementField);
  t.same(await place({ lines: [{ productId: "p", quantity: 0 }], idempotencyKey: "key" }), {
    message:
      "orderProducts.0.productId: Invalid UUID; orderProducts.0.quantity: Too small: expected number to be >=1; " +
      "idempotencyKey: must have 0 to 2 characters",
    fields: [
      { field: "orderProducts.0.productId", problem: "Invalid UUID" },
      { field: "orderProducts.0.quantity", problem: "Too small: expected number to be >=1" },
      { field: "idempotencyKey", problem: "must have 0 to 2 characters" },
    ],
  });
  t.match(await place({ lines: [], idempotencyKey: "" }), { message: /^orderProducts: Too small/ });
});

t.test("a text that is not an id gets the same error as from a service", (t) => {
  t.throws(() => checkId("p"), {
    code: "BAD_INPUT",
    message: "id: Invalid UUID",
    details: { fields: [{ field: "id", problem: "Invalid UUID" }] },
  });
  t.equal(checkId("019A0000-0000-7000-8000-00000000000A"), "019a0000-0000-7000-8000-00000000000a");
  t.end();
});

t.test("other errors and responses are not changed", async (t) => {
  const failures = [new AppError(commonErrors.unavailable), new AppError(commonErrors.invalid), new Error("away")];
  for (const failure of failures)
    t.equal(await withApiNames(Promise.reject(failure), placementField).catch((error) => error), failure);
  t.equal(await withApiNames(Promise.resolve("answer"), placementField), "answer");
});
