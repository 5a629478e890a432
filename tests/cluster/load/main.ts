import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { eventually } from "../../support/eventually.ts";
import { logIn, newCustomer, newProduct } from "../../support/people.ts";
import { shop } from "./shopper.ts";
import { Statistics } from "./statistics.ts";

/**
 * Runs in a separate pod, because a port-forward breaks when its target pod stops. It prints `begun`, and a summary as JSON
 * after `--seconds` or at SIGTERM.
 */
const { values } = parseArgs({
  options: {
    url: { type: "string", default: "" },
    people: { type: "string", default: "8" },
    rate: { type: "string", default: "0" },
    seconds: { type: "string", default: "3600" },
  },
});
const url = values.url;
const people = Number(values.people);
/** Pause between two requests of a shopper; 0 means none. */
const betweenMs = Number(values.rate) === 0 ? 0 : (people * 1_000) / Number(values.rate);

const products = 4;
const price = 250;
/** A word of letters only, which no similar word of another run can match. */
const word = randomBytes(8)
  .toString("hex")
  .replaceAll(/[0-9]/g, (digit) => String.fromCharCode(103 + Number(digit)));
const end = AbortSignal.any([AbortSignal.timeout(Number(values.seconds) * 1_000), signalled("SIGTERM")]);

function signalled(signal: NodeJS.Signals): AbortSignal {
  const abort = new AbortController();
  process.once(signal, () => abort.abort());
  return abort.signal;
}

const boss = await logIn(url, process.env.ADMIN_EMAIL ?? "", process.env.ADMIN_PASSWORD ?? "");
const offers = await Promise.all(
  Array.from({ length: products }, async () => ({
    id: await newProduct(boss, { name: `A ${word}`, price, stock: 100_000 }),
    price,
  })),
);
const customers = await Promise.all(Array.from({ length: people }, () => newCustomer(url)));
await eventually("the products to be found", async () => {
  const query = `{ searchProducts(query: "${word}", first: 5) { nodes { id } } }`;
  const { searchProducts } = await boss.get<{ searchProducts: { nodes: { id: string }[] } }>(query);
  return searchProducts.nodes.some(({ id }) => offers.some((offer) => offer.id === id));
});
process.stdout.write("begun\n");

const statistics = new Statistics();
await Promise.all(
  customers.map(async (customer, at) => {
    let next = performance.now() + (betweenMs * at) / people;
    if (betweenMs > 0) await pause(next - performance.now());
    for await (const _ of shop(customer, { offers, word }, statistics)) {
      if (end.aborted) return;
      next = Math.max(next + betweenMs, performance.now());
      if (betweenMs > 0) await pause(next - performance.now());
    }
  }),
);
process.stdout.write(`${JSON.stringify(statistics.summary())}\n`);
process.exit(0);
