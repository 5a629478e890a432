import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { AppError, commonErrors, toServiceError } from "@sidecart/platform/rpc";
import type { Logger } from "@sidecart/platform/telemetry";
import { GraphQLError } from "graphql";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { formatErrors } from "./format-errors.ts";

function format(errors: readonly Error[], data: Record<string, unknown> | null = null) {
  const logged: unknown[] = [];
  const log = { error: (line: unknown) => void logged.push(line) } as unknown as Logger;
  const formatted = formatErrors({ data, errors: errors as GraphQLError[] }, log);
  return { ...formatted, logged };
}

const inField = (originalError: Error) => new GraphQLError(originalError.message, { path: ["order"], originalError });

t.test("a declared error has its code, text, details and the path of its field", async (t) => {
  const kind = { code: "OUT_OF_STOCK", status: "FAILED_PRECONDITION", text: "There is not enough stock." } as const;
  const { statusCode, response, logged } = format([inField(new AppError(kind, { details: { productIds: ["p"] } }))]);
  t.equal(statusCode, 409);
  t.match(response, {
    data: null,
    errors: [{ message: kind.text, path: ["order"], extensions: { code: "OUT_OF_STOCK", productIds: ["p"] } }],
  });
  t.notOk("httpStatus" in (response.errors[0] ?? {}));
  t.same(logged, [], "not logged: the caller caused it");
});

t.test("an error from a service looks the same as one thrown here", async (t) => {
  const { code, details, metadata } = toServiceError(new AppError(commonErrors.notFound, { message: "žádný" }));
  const error = Object.assign(new Error(details), { code, details, metadata }) as ServiceError;
  const { statusCode, response } = format([inField(error)]);
  t.equal(statusCode, 404);
  t.match(response.errors, [{ message: "žádný", extensions: { code: "NOT_FOUND" } }]);
});

t.test("an unexpected error shows no detail to the caller and all of it in the log", async (t) => {
  const bug = new TypeError("cannot read password of undefined");
  const { statusCode, response, logged } = format([inField(bug)]);
  t.equal(statusCode, 500);
  t.match(response.errors, [{ message: commonErrors.internal.text, extensions: { code: "INTERNAL" } }]);
  t.notMatch(JSON.stringify(response), "password");
  t.match(logged, [{ err: bug }]);
});

t.test("an error of a sidecar has a declared code and text", async (t) => {
  const away = Object.assign(new Error("dial tcp 10.0.0.1"), {
    code: status.UNAVAILABLE,
    details: "",
    metadata: new Metadata(),
  });
  const { statusCode, response, logged } = format([inField(away)]);
  t.equal(statusCode, 503);
  t.match(response.errors, [{ extensions: { code: "UNAVAILABLE" } }]);
  t.notMatch(JSON.stringify(response), "10.0.0.1");
  t.equal(logged.length, 1);
});

t.test("the error of a bad query says what is wrong", async (t) => {
  const { statusCode, response } = format([new GraphQLError("Syntax Error: Unexpected Name")]);
  t.equal(statusCode, 400);
  t.match(response.errors, [{ message: "Syntax Error: Unexpected Name", extensions: { code: "BAD_INPUT" } }]);
});

t.test("several mistakes in one query are several errors", async (t) => {
  const errors = [new GraphQLError("one"), new GraphQLError("two")];
  const wrapped = Object.assign(new Error("Graphql validation error"), {
    code: "MER_ERR_GQL_VALIDATION",
    statusCode: 400,
    errors,
  });
  t.match(format([wrapped]).response.errors, [{ message: "one" }, { message: "two" }]);
  t.match(format([new AggregateError(errors)]).response.errors, [{ message: "one" }, { message: "two" }]);
});

t.test("a response with some data has status 200 and lists its errors", async (t) => {
  const error = inField(new AppError(commonErrors.unavailable));
  t.equal(format([error], { order: null, me: { id: 1 } }).statusCode, 200);
  t.equal(format([error], { order: null }).statusCode, 503);
  t.equal(format([error], null).statusCode, 503);
});

t.test("Fastify's own errors keep their status and code", async (t) => {
  const large = Object.assign(new Error("Request body is too large"), {
    statusCode: 413,
    code: "FST_ERR_CTP_BODY_TOO_LARGE",
  });
  const { statusCode, response } = format([large]);
  t.equal(statusCode, 413);
  t.match(response.errors, [{ extensions: { code: "FST_ERR_CTP_BODY_TOO_LARGE" } }]);
});

t.test("details never overwrite the code", async (t) => {
  const error = new AppError(commonErrors.notFound, { details: { code: "SOMETHING_ELSE" } });
  t.match(format([error]).response.errors, [{ extensions: { code: "NOT_FOUND" } }]);
});

/** Queries are compiled at their second run, so each test runs before and after that. */
const runs = [1, 2, 3];

t.test("a service's response that does not fit the schema is INTERNAL and logged", async (t) => {
  const product = {
    id: "019a0000-0000-7000-8000-000000000001",
    price: 2n ** 60n,
  };
  const { ask, logged } = await startApi(t, {
    "catalog.getProducts": () => ({ products: [product] }),
    "orders.getOrdersOf": () => ({
      outcomes: [{ result: { case: "order", value: { id: "o", status: "melted", lines: [{ price: 2n ** 53n }] } } }],
    }),
  });
  for (const query of [
    '{ product(id: "019a0000-0000-7000-8000-000000000001") { price } }',
    '{ order(id: "019a0000-0000-7000-8000-000000000001") { status } }',
    '{ order(id: "019a0000-0000-7000-8000-000000000001") { orderProducts { price } } }',
  ]) {
    for (const run of runs) {
      const before = logged.length;
      const { status, errors } = await ask(query);
      t.equal(status, 500, `${query}, run ${run}`);
      t.match(errors, [{ message: commonErrors.internal.text, extensions: { code: "INTERNAL" } }]);
      t.equal(errors.length, 1);
      t.match(logged.slice(before), [{ code: "INTERNAL", err: Error }]);
    }
  }
});

t.test("a wrong query is the caller's error and is not logged", async (t) => {
  const { ask, logged } = await startApi(t, {});
  const wrong: [string, Record<string, unknown>?][] = [
    ["{ product(id: }"],
    ["{ nothing }"],
    ["query($id: ID!) { product(id: $id) { id } }"],
    ['query($id: ID = "x") { product(id: $id) { id } }', { id: null }],
    ['query($show: Boolean = true) { product(id: "x") { id @include(if: $show) } }', { show: null }],
    ["{ products(first: 99999999999) { nodes { id } } }"],
    ['mutation { updateProduct(input: { id: "x", attributes: { a: 5 } }) { id } }'],
    [
      "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { id } }",
      { input: { id: "x", attributes: { a: 5 } } },
    ],
  ];
  for (const [query, variables] of wrong) {
    for (const run of runs) {
      const { status, codes } = await ask(query, variables);
      t.same([status, codes], [400, ["BAD_INPUT"]], `${query}, run ${run}`);
    }
  }
  t.same(logged, []);
});

t.test("the error of a request without a query mentions the query, not a hash", async (t) => {
  const { http } = await startApi(t, {});
  const requests = [
    { url: "/graphql" },
    { url: "/graphql", query: { query: "" } },
    { url: "/graphql", method: "POST", payload: {} },
    { url: "/graphql", method: "POST", payload: { query: null, variables: {} } },
  ] as const;
  for (const request of requests) {
    const { statusCode, json } = await http.inject(request);
    t.equal(statusCode, 400);
    t.same(json(), { errors: [{ message: "query: is missing", extensions: { code: "BAD_INPUT" } }] });
  }
  const array = await http.inject({ url: "/graphql", method: "POST", payload: [] });
  t.match(array.json().errors, [{ message: "The body must be an object." }]);
});
