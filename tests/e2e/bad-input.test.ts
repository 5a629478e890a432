import t from "tap";
import { examplesOf, productFields } from "../support/examples.ts";
import type { Answer, Person } from "../support/graphql.ts";
import { admin, goodPassword, newCustomer, newPerson, newProduct, placeOrder } from "../support/people.ts";
import { document, type Leaf, leaves, literalDocument, operations, valueAt, withValue } from "../support/schema.ts";
import { startSystem } from "../support/system.ts";

t.setTimeout(120_000);
const system = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });
const { gatewayUrl } = system;
const pids = () => Object.fromEntries([...system.processes].map(([name, process]) => [name, process.pid]));
const before = pids();
const shop = await admin(gatewayUrl);
const partner = await newPerson(gatewayUrl, "partner");
const product = await newProduct(shop, { stock: 1_000 });

const good = examplesOf(gatewayUrl, shop, product, partner.id);

const sql = "'; drop table orders; --";
const texts = (was: string) => [`${was}\0`, `${was}\ud800`, `\udfff${was}`, `${was}\u001b`, was + "x".repeat(100_000)];
const notText = [1.5, true, [], ["a", "b"], { a: 1 }];
/** Values that are invalid in every place of that type. */
const hostile: Record<string, (was: unknown) => unknown[]> = {
  ID: (was) => [...texts(String(was)), "garbage", "1", 0, -1, sql, `${was}${sql}`, String(was).slice(1), ...notText],
  String: (was) => [...texts(String(was)), 0, ...notText],
  Int: () => [-1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1.5, 1e300, "1", "", sql, true, [], {}],
  MinorUnits: () => [-1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e300, 0.1, "1", sql, true, [], {}],
  Boolean: () => ["true", 0, 1, sql, [], {}],
  TextMap: () => [
    sql,
    1,
    true,
    ["a"],
    { a: 1 },
    { a: null },
    { a: { b: "c" } },
    { "": "a" },
    { a: "\0" },
    { "a\0": "b" },
    { ["__proto__"]: "a" },
    { a: "\ud800" },
    { "\ud800": "a" },
    { a: "x".repeat(201) },
    { ["x".repeat(41)]: "a" },
    Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`key ${at}`, "a"])),
  ],
};
const hostileEnum = ["NOPE", sql, "admin\0", 0, 1, true, [], {}];

const problems: string[] = [];
/** Refused means: quickly, with a 4xx and a code, and without an effect. */
async function mustRefuse(by: Person, what: string, query: string, variables?: Record<string, unknown>) {
  const started = performance.now();
  const answer = await by.ask(query, variables).catch((error: Error) => error);
  if (answer instanceof Error) return problems.push(`${what}: ${answer.message}`);
  const { status, errors, data } = answer as Answer<unknown>;
  const coded = errors.length > 0 && errors.every(({ extensions }) => /^[A-Z][A-Z0-9_]+$/.test(extensions?.code));
  const refused = status >= 400 && status < 500 && coded;
  const ms = performance.now() - started;
  if (!refused || ms > 5_000)
    problems.push(`${what}: ${status} ${JSON.stringify(errors.length ? errors : data)} ${ms} ms`);
}
const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 60);
const badValues = ({ type }: Leaf, was: unknown) =>
  "getValues" in type ? hostileEnum : (hostile[type.name]?.(was) ?? []);

for (const operation of operations()) {
  const { name } = operation.field;
  t.test(`${name} refuses a wrong value in any place`, async (t) => {
    const by = await newPerson(gatewayUrl, "admin");
    const variables = await good[name]?.(by);
    if (!variables) throw new Error(`no example of ${name}`);
    const query = document(operation);
    t.same((await by.ask(query, await good[name]?.(by))).errors, [], "the example is valid");
    for (const leaf of leaves(operation)) {
      const was = valueAt(variables, leaf.path);
      t.not(was, undefined, `the example has ${leaf.path.join(".")}`);
      const zero = leaf.path.at(-1) === "first" ? [0] : [];
      for (const value of [...badValues(leaf, was), ...zero, ...(leaf.nullable ? [] : [null])]) {
        const bad = withValue(variables, leaf.path, value);
        await mustRefuse(by, `${leaf.path.join(".")} = ${shown(value)}`, query, bad);
        if (typeof value !== "string" || value.length > 1_000) continue;
        await mustRefuse(by, `${leaf.path.join(".")}: ${shown(value)} as a literal`, literalDocument(operation, bad));
      }
    }
    for (const { name: arg } of operation.field.args.filter(({ type }) => String(type).endsWith("!"))) {
      const { [arg]: _, ...rest } = variables;
      await mustRefuse(by, `without $${arg}`, query, rest);
      await mustRefuse(by, `$${arg} = null`, query, { ...rest, [arg]: null });
    }
    t.same(problems.splice(0), []);
  });
}

const entries = (count: number, value = "x") =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key ${at}`, value]));

const line = { productId: product, quantity: 1 };
const wrong: [string, object][] = [
  ["placeOrder", { orderProducts: [] }],
  ["placeOrder", { orderProducts: Array(101).fill(line) }],
  ["placeOrder", { orderProducts: Array(2_000).fill(line) }],
  ["placeOrder", { orderProducts: [{ ...line, quantity: 0 }] }],
  ["placeOrder", { orderProducts: [{ ...line, quantity: 2 ** 31 - 1 }] }],
  ["placeOrder", { orderProducts: [line, { ...line, quantity: -1 }] }],
  ["placeOrder", { orderProducts: [line], idempotencyKey: "x".repeat(256) }],
  ["createProduct", { ...productFields(), price: 2 ** 53 - 1 }],
  ["createProduct", { ...productFields(), stock: 2 ** 31 - 1 }],
  ...["XXXX", "eur", "", "ZZZ", "E R"].map(
    (currency) => ["createProduct", { ...productFields(), currency }] as [string, object],
  ),
  ["createProduct", { ...productFields(), imageUrl: "javascript:alert(1)" }],
  ["createProduct", { ...productFields(), imageUrl: "data:image/png;base64,\0" }],
  ["createProduct", { ...productFields(), imageUrl: "http://example.com/apple.png" }],
  ["createProduct", { ...productFields(), imageUrl: "data:image/svg+xml;utf8,<svg><script>alert(1)</script></svg>" }],
  ["createProduct", { ...productFields(), imageUrl: `data:image/png;base64,${btoa("<script>")}` }],
  ["createProduct", { ...productFields(), imageUrl: `data:image/svg+xml;base64,${btoa('<svg onload="x()"/>')}` }],
  ["createProduct", { ...productFields(), attributes: entries(31) }],
  ["createProduct", { ...productFields(), attributes: entries(20_000) }],
  ["createProduct", { ...productFields(), attributes: entries(30, "豆".repeat(100)) }],
  ["createProduct", { ...productFields(), name: " " }],
  ["createProduct", { ...productFields(), unknown: 1 }],
  ["updateProduct", { id: product }],
  ["updateInventory", { id: product, type: "SUBTRACT", number: 1_000_000 }],
  ["updateInventory", { id: product, type: "SET", number: 1_000_000 }],
  ["grantRoles", { userId: partner.id, roles: [] }],
  ["registerUser", { email: "not an address", username: "Ann", password: goodPassword }],
];

t.test("numbers and lists beyond their limits are refused, not rounded", async (t) => {
  for (const [name, input] of wrong) {
    const operation = operations().find(({ field }) => field.name === name);
    if (operation) await mustRefuse(shop, `${name} ${shown(input)}`, document(operation), { input });
  }
  for (const query of ["\0", "\ud800", "x".repeat(201)]) {
    await mustRefuse(
      shop,
      `products(query: ${shown(query)})`,
      "query($query: String) { products(query: $query) { nodes { id } } }",
      { query },
    );
  }
  for (const inner of ['orders(after: "garbage")', "orders(first: -1)", "orders(first: 0)", "orders(first: 1001)"]) {
    const { data, errors } = await shop.ask(`{ me { email ${inner} { nodes { id } } } }`);
    t.match(data, { me: { email: /@/, orders: null } }, `${inner}: the other fields have their values`);
    t.match(errors, [{ path: ["me", "orders"], extensions: { code: "BAD_INPUT" } }], inner);
  }
  t.same(problems.splice(0), []);
});

t.test("afterwards a valid request works, and no process has restarted", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const input = { orderProducts: [{ productId: product, quantity: 1 }] };
  t.match(await customer.ask(placeOrder, { input }), { status: 200, errors: [] });
  t.same(pids(), before);
});
