import t from "tap";
import * as http from "../support/http.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

const { refused } = http;
const system = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });
const { gatewayUrl } = system;
const pids = () => Object.fromEntries([...system.processes].map(([name, process]) => [name, process.pid]));
const before = pids();
const shop = await admin(gatewayUrl);
const product = await newProduct(shop, { stock: 100 });

const send = (sent: http.Sent) => http.send(shop, sent);
const query = (text: string) => send({ body: JSON.stringify({ query: text }) });

t.test("too expensive queries are refused before execution", async (t) => {
  const nest = (depth: number) => `{ me ${"{ orders { nodes { user ".repeat(depth)} }{ id }${" } }".repeat(depth)} }`;
  const everything = "id name description price currency stock category attributes imageUrl version createdAt";
  const expensive = {
    "30 deep": nest(15),
    "1,000 deep": nest(500),
    "deep by fragments": `{ me { ...f0 } } ${Array.from({ length: 30 }, (_, at) => `fragment f${at} on User { orders { nodes { user { ...f${at + 1} } } } }`).join(" ")} fragment f30 on User { id }`,
    "deep introspection": `{ __schema { types ${"{ fields { type ".repeat(30)}{ name }${" } }".repeat(30)} } }`,
    "rows of rows": "{ users(first: 1000) { nodes { orders(first: 1000) { nodes { orderProducts { name } } } } } }",
    "rows by a variable":
      "query($n: Int = 1000) { users(first: $n) { nodes { orders(first: $n) { nodes { id quantity } } } } }",
    "2,000 aliases": `{ ${Array.from({ length: 2_000 }, (_, at) => `a${at}: product(id: "x") { id }`).join(" ")} }`,
    "many aliases of a list": `{ ${Array.from({ length: 40 }, (_, at) => `a${at}: products(first: 1000) { nodes { ${everything} } }`).join(" ")} }`,
    "one field 5,000 times": `{ me { ${"id ".repeat(5_000)} } }`,
    "one object 8,000 times": `{ ${"me { id } ".repeat(8_000)} }`,
    "a thousand directives": `{ me { id ${"@include(if: true) ".repeat(800)} } }`,
    "fragments that multiply": `{ me { ...a0 } } ${Array.from({ length: 25 }, (_, at) => `fragment a${at} on User { ...a${at + 1} ...a${at + 1} }`).join(" ")} fragment a25 on User { id }`,
    "mutations by alias": `mutation { ${Array.from({ length: 1_500 }, (_, at) => `a${at}: logoutAll { sessionsEnded }`).join(" ")} }`,
  };
  for (const [what, text] of Object.entries(expensive)) refused(t, await query(text), 400, what);
});

t.test("defaults of a query stay the same when it is compiled", async (t) => {
  const create = "mutation($input: CreateProductInput!) { createProduct(input: $input) { currency category stock } }";
  const search =
    "query($first: Int = 1) { searchProducts(first: $first) { nodes { id } } products(first: $first) { nodes { id } } }";
  for (let at = 0; at < 6; at += 1) {
    const created = await shop.get(create, { input: { name: "A thing", price: 1 } });
    t.same(created, { createProduct: { currency: "EUR", category: "other", stock: 0 } });
    t.match((await shop.get<{ products: { nodes: unknown[] } }>(search)).products.nodes, { length: 1 });
  }
});

t.test("of several operations in one text the named one runs", async (t) => {
  const text = "query A { me { id } } query B($id: ID!) { product(id: $id) { name } }";
  const run = async (operationName: string) => {
    const body = JSON.stringify({ query: text, operationName, variables: { id: product } });
    return (await send({ body })).data;
  };
  // Often enough that the query is compiled.
  for (let at = 0; at < 6; at += 1) {
    t.match(await run("A"), { me: { id: /./ } });
    t.same(await run("B"), { product: { name: "A thing" } });
  }
});

t.test("afterwards a valid request works, and no process has restarted", async (t) => {
  const customer = await newCustomer(gatewayUrl);
  const input = { orderProducts: [{ productId: product, quantity: 1 }] };
  t.match(await customer.ask(placeOrder, { input }), { status: 200, errors: [] });
  t.same(pids(), before);
});
