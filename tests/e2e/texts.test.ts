import { randomUUID } from "node:crypto";
import { picture } from "@sidecart/local/seed/picture";
import t from "tap";
import { Person } from "../support/graphql.ts";
import { admin, goodPassword, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const customer = await newCustomer(gatewayUrl);
const { catalog } = await stockOracle(t, system);

/** Texts that are code, markup or format strings elsewhere, and plain texts here. */
const texts = [
  "'; drop table products; --",
  "' or '1'='1",
  "x'); delete from orders; --",
  "$1 $2::jsonb %s %n {{7*7}} #{7*7} $(id) `id`",
  'a "quoted" \\ back\\\\slash \\u0000 \\x00 /* comment */',
  "<script>alert(1)</script>&amp;%00",
  "Ünïcödé 豆 😀 👩‍👩‍👧 اللغة \u00e9 ﬀ \u{10FFFF}",
  "null",
];
const lines = "tab\tand\r\nline\nbreaks";
const reordered = "\u202Eright-to-left\u202C";
const hidden = "two\u200bwords";

t.test("a product's texts are returned unchanged everywhere", async (t) => {
  const create = `mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }`;
  const read = "query($id: ID!) { product(id: $id) { name description category attributes imageUrl } }";
  for (const text of texts) {
    const category = text.slice(0, 60).toWellFormed();
    const fields = {
      name: text,
      description: `${text} ${lines}`,
      category,
      attributes: Object.fromEntries([[text.slice(0, 40).trim(), `${text}\n${text}`]]),
      imageUrl: picture("Tea", text),
    };
    const { createProduct } = await shop.get<{ createProduct: { id: string } }>(create, {
      input: { ...fields, price: 1 },
    });
    t.same(await shop.get(read, { id: createProduct.id }), { product: fields }, text);
    const update = "mutation($input: UpdateProductInput!) { updateProduct(input: $input) { name } }";
    const id = await newProduct(shop);
    await shop.get(update, { input: { id, ...fields } });
    t.same(await shop.get(read, { id }), { product: fields }, `${text}, changed`);
  }
});

t.test("names with hidden characters, and texts that reorder what is around them, are refused", async (t) => {
  const fields = { name: "Tea", description: "", category: "Drinks", attributes: {} };
  const create = `mutation($input: CreateProductInput!) { createProduct(input: $input) { id } }`;
  for (const wrong of [
    ...["\u200b", lines, hidden, reordered].flatMap((text) => [
      { name: text },
      { category: text },
      { attributes: { [text]: "red" } },
    ]),
    { description: reordered },
    { attributes: { colour: reordered } },
  ]) {
    const input = { ...fields, ...wrong, price: 1 };
    t.equal(await shop.refusal(create, { input }), "BAD_INPUT", JSON.stringify(wrong));
  }
  const register = "mutation($input: RegisterUserInput!) { registerUser(input: $input) { username } }";
  for (const username of ["\u200b", "\u2800", "\u202eadmin", "admin\u200b", "ad\u0085min", lines]) {
    const input = { email: `${randomUUID()}@example.com`, username, password: goodPassword };
    t.equal(await customer.refusal(register, { input }), "BAD_INPUT", JSON.stringify(username));
  }
});

t.test("a name and a password may have any visible characters", async (t) => {
  const register = "mutation($input: RegisterUserInput!) { registerUser(input: $input) { username } }";
  const login = "mutation($input: LoginInput!) { login(input: $input) { expiresIn } }";
  const nobody = new Person(gatewayUrl);
  for (const text of [...texts, "\u{1f600}".repeat(60)]) {
    const email = `${randomUUID()}@example.com`;
    const username = [...text].slice(0, 60).join("");
    const password = `${goodPassword} ${text}`;
    const answer = await nobody.get(register, { input: { email, username, password } });
    t.same(answer, { registerUser: { username } });
    t.match(await nobody.ask(login, { input: { email, password } }), { status: 200 });
    t.equal(await nobody.refusal(login, { input: { email, password: `${password} ` } }), "INVALID_CREDENTIALS");
  }
});

t.test("an idempotency key and a reason may have any characters", async (t) => {
  const reasons = [...texts, lines];
  const product = await newProduct(shop, { stock: 100 });
  const cancel = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { history { reason } } }";
  const change = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";
  const ids = new Set<string>();
  for (const text of reasons) {
    const input = { orderProducts: [{ productId: product, quantity: 1 }], idempotencyKey: text };
    const first = await customer.get<{ placeOrder: { id: string } }>(placeOrder, { input });
    t.same(await customer.get(placeOrder, { input }), first, text);
    const { id } = first.placeOrder;
    ids.add(id);
    const answer = await customer.get(cancel, { input: { id, reason: text } });
    t.same(answer, { cancelOrder: { history: [{ reason: "placed" }, { reason: text }] } });
    await shop.get(change, { input: { id: product, type: "ADD", number: 1, reason: text } });
  }
  t.equal(ids.size, reasons.length);
  const kept = await catalog<{ reason: string }>(
    "select reason from inventory_changes where product_id = $1 order by at",
    [product],
  );
  t.same(
    kept.map(({ reason }) => reason),
    reasons,
  );
});

t.test("a search for any text works", async (t) => {
  const search = `query($text: String!) {
    searchProducts(query: $text) { totalCount }
    suggestProducts(prefix: $text)
    products(query: $text) { nodes { id } }
  }`;
  const filtered = "query($text: String!) { searchProducts(filter: { categories: [$text] }) { totalCount } }";
  for (const text of [
    ...texts,
    lines,
    reordered,
    hidden,
    "*",
    "\\",
    '"',
    "(",
    "a AND NOT b",
    "name:x",
    "~",
    "/.*/",
    "x".repeat(100),
  ]) {
    t.match(await customer.ask(search, { text }), { status: 200, errors: [] }, text);
    if (text.length <= 60) t.match(await customer.ask(filtered, { text }), { status: 200, errors: [] }, text);
  }
});
