import { randomUUID } from "node:crypto";
import t from "tap";
import { eventually } from "../support/eventually.ts";
import { goodPassword, logIn, newProduct } from "../support/people.ts";
import { openShop } from "../support/shop.ts";

const shop = await openShop(t, { products: 2, env: { gateway: { SIDECART_LOGIN_RATE_LIMIT: "100000" } } });
const { system, customer } = shop;
const [known = ""] = shop.products;
const product = (id: string) => customer.ask(`{ product(id: "${id}") { name stock } }`);
/** A product that nobody has read, so the gateway must call catalog. */
const unread = () => product(randomUUID());
const newest = () => customer.ask("{ products(first: 5) { nodes { name } } }");
const codeOf = async (call: Promise<{ errors: { extensions: { code: string } }[] }>) =>
  (await call).errors[0]?.extensions.code ?? "OK";

/** The gateway's circuit breakers by service: 0 closed, 1 half open, 2 open. */
async function circuits(): Promise<Record<string, string>> {
  const metrics = await (await fetch(`${system.gatewayUrl}/metrics`)).text();
  const states = metrics.matchAll(/^sidecart_circuit_state\{[^}]*callee="(\w+)"[^}]*\} (\d)/gm);
  return Object.fromEntries([...states].map(([, callee, state]) => [callee, state]));
}

t.test("catalog hangs: its calls are refused at once, and everything else works", async (t) => {
  t.equal(await codeOf(shop.place()), "OK");
  t.equal(await codeOf(product(known)), "OK");
  t.equal(await codeOf(newest()), "OK");
  t.equal((await circuits()).catalog, "0");
  system.processes.get("catalog")?.kill("SIGSTOP");
  await eventually(
    "the gateway's circuit to open",
    async () => {
      await unread();
      return (await circuits()).catalog === "2";
    },
    60_000,
  );
  // Each of these would wait for its deadline of ten seconds, and this file for minutes.
  for (let count = 0; count < 60; count += 1) t.equal(await codeOf(unread()), "UNAVAILABLE");
  t.match(await product(known), { status: 200, data: { product: { name: "A thing" } } }, "from the gateway's memory");
  t.match(await newest(), { status: 200, data: { products: { nodes: [{ name: "A thing" }, { name: "A thing" }] } } });

  await eventually("orders' circuit to open", async () => (await codeOf(shop.place())) === "UNAVAILABLE", 60_000);
  for (let count = 0; count < 20; count += 1) t.equal(await codeOf(shop.place()), "UNAVAILABLE");
  t.match(await customer.ask("{ orders { nodes { id status } } }"), { status: 200, errors: [] });
  t.ok(await logIn(system.gatewayUrl, customer.email, goodPassword));
  t.match(await circuits(), { orders: "0", accounts: "0" }, "orders responds, although catalog does not");
});

t.test("catalog continues: everything works again, and every event has its effect", async (t) => {
  system.processes.get("catalog")?.kill("SIGCONT");
  await eventually("catalog's calls to succeed", async () => (await codeOf(unread())) === "OK", 60_000);
  await eventually("orders to be placed", async () => (await codeOf(shop.place())) === "OK", 60_000);
  t.equal((await circuits()).catalog, "0");
  shop.stock.set(await newProduct(shop.admin, { stock: 10 }), 10);
  await shop.agrees(60_000);
});
