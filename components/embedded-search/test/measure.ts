import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BindingClient } from "@sidecart/pluggable/client";
import { serve } from "@sidecart/pluggable/testing";
import { product, upsert } from "@sidecart/search/conformance/context";
import t from "tap";
import { embeddedSearch } from "../src/binding.ts";

// `node test/measure.ts --products 50000` measures throughput, latency and memory of the engine through its socket.
const { values } = parseArgs({ options: { products: { type: "string", default: "10000" } } });
const products = Number(values.products);
const index = "products-1";
t.setTimeout(0);

t.test(`${products} products`, { timeout: 0 }, async (t) => {
  const path = join(t.testdir(), "search.db");
  const first = await serve(t, embeddedSearch);
  await first.client.init({ path });
  await first.client.invoke("create-index", { index });
  const writeMs = await timed(() => writeAll(first.client));
  t.comment(`written: ${Math.round((products / writeMs) * 1_000)} products/s`);
  await first.stop();

  const { client } = await serve(t, embeddedSearch);
  const rebuildMs = await timed(async () => {
    await client.init({ path });
    await client.ping();
  });
  t.comment(`ready after a restart: ${Math.round(rebuildMs)} ms`);
  const requests: Record<string, [operation: string, fields: object]> = {
    "search one word": ["search", { query: word(40), first: 20 }],
    "search a frequent word with facets": ["search", { query: word(1), first: 20, facets: true }],
    "search three words, one mistyped": ["search", { query: `${word(3)} ${word(9)}x ${word(50)}`, first: 20 }],
    "everything by price with facets": ["search", { query: "", sort: "price-asc", first: 20, facets: true }],
    "suggest three letters": ["suggest", { prefix: word(5).slice(0, 3), first: 10 }],
    "suggest five letters, one wrong": ["suggest", { prefix: `${word(5).slice(0, 4)}x`, first: 10 }],
  };
  for (const [name, [operation, fields]] of Object.entries(requests)) {
    t.comment(`${name}: ${await percentiles(() => client.invoke(operation, { index, ...fields }))}`);
  }
  t.comment(`memory of the process: ${Math.round(process.memoryUsage().rss / 1024 ** 2)} MB`);
});

async function writeAll(client: BindingClient): Promise<void> {
  for (let from = 0; from < products; from += 1_000) {
    const operations = Array.from({ length: Math.min(1_000, products - from) }, (_, at) =>
      upsert(generatedProduct(from + at)),
    );
    await client.invoke("bulk", { index, operations });
  }
}

/** A product with 4 words in its name and 30 in its description. As in natural text, few words are frequent. */
function generatedProduct(number: number) {
  return product({
    id: `0190a5b2-0000-7000-8000-${String(number).padStart(12, "0")}`,
    name: words(number * 97, 4),
    description: words(number * 31 + 7, 30),
    category: `category ${number % 40}`,
    attributes: { colour: word(number % 50), size: String(number % 12) },
    partnerId: `partner-${number % 200}`,
    price: (number * 7919) % 40_000,
    stock: number % 5,
  });
}

function words(seed: number, count: number): string {
  return Array.from({ length: count }, (_, at) => word(wordNumber(seed * 40 + at))).join(" ");
}

/** A word number below 20,000; low numbers are the most frequent. */
function wordNumber(seed: number): number {
  const uniform = ((Math.imul(seed + 1, 2_654_435_761) >>> 0) + 1) / 2 ** 32;
  return Math.floor(20_000 ** uniform);
}

const syllables = [
  "ka",
  "ro",
  "mi",
  "te",
  "lan",
  "so",
  "ver",
  "du",
  "pel",
  "ni",
  "gor",
  "ash",
  "bri",
  "cu",
  "fo",
  "ze",
];

function word(number: number): string {
  let text = "";
  for (let rest = number + 16; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16];
  return text;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

async function percentiles(act: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let call = 0; call < 40; call += 1) times.push(await timed(act));
  times.sort((a, b) => a - b);
  return `p50 ${times[20]?.toFixed(1)} ms, p95 ${times[37]?.toFixed(1)} ms`;
}
