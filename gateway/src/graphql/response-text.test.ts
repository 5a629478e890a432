import fc from "fast-check";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { maxResponseLength, responseText } from "./response-text.ts";

const tooLarge = { code: "RESPONSE_TOO_LARGE" };

t.test("a response has at most so many characters", async (t) => {
  const half = "x".repeat(maxResponseLength / 2);
  t.equal(responseText({ data: { half } }).length, half.length + 20);
  t.throws(() => responseText({ data: { a: half, b: half } }), tooLarge);
  t.throws(() => responseText({ data: Array.from({ length: maxResponseLength / 4 }, () => null) }), tooLarge);
});

t.test("any JSON value below the limit becomes its text", async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => responseText(value) === JSON.stringify(value)),
    { numRuns: 10_000 },
  );
});

t.test("one text under many names is refused before it is written", async (t) => {
  const description = "x".repeat(5_000);
  const product = { id: "", name: "A thing", price: 1n, partnerId: "", imageUrl: "", attributes: {}, description };
  const { ask } = await startApi(t, {
    "catalog.getProducts": ({ ids }: { ids: string[] }) => ({ products: ids.map((id) => ({ ...product, id })) }),
  } as never);
  const id = "019a0000-0000-7000-8000-000000000001";
  const names = (count: number) => Array.from({ length: count }, (_, at) => `d${at}: description`).join(" ");
  const query = (
    count: number,
  ) => `{ ${["a", "b", "c", "d"].map((name) => `${name}: product(id: "${id}") { ...f }`).join(" ")} }
    fragment f on Product { ${names(count)} }`;
  t.equal((await ask(query(100))).status, 200);
  t.match(await ask(query(240)), { status: 400, codes: ["RESPONSE_TOO_LARGE"] });
});
