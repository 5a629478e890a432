import type { Launched } from "@sidecart/local/launch";
import type { BindingClient } from "@sidecart/pluggable/client";
import { bulk, count, product, search, upsert } from "@sidecart/search/conformance/context";
import type { Test } from "tap";
import { memoryOf } from "../events/memory.ts";
import { long, measured } from "../notes.ts";
import { speedOf } from "../speed.ts";

const documents = 5_000;
const perBulk = 500;
const searches = long ? 2_000 : 200;
const atOnce = 8;
const index = "figures";
const words = ["coffee", "kettle", "filter", "grinder", "cup", "spoon", "scale", "tamper", "beans", "paper"];

export type Measured = { client: BindingClient; system: Launched; server: string; startSeconds: number };

export async function figureTests(t: Test, { client, system, server, startSeconds }: Measured): Promise<void> {
  await t.test("figures", async (t) => {
    const word = (at: number) => words[at % words.length] ?? "";
    await client.invoke("create-index", { index });
    const all = Array.from({ length: documents }, (_, at) =>
      upsert(product({ id: `p${at}`, name: `${word(at)} ${word(Math.floor(at / 10))} ${at}` })),
    );
    const writes = await speedOf(documents / perBulk, 1, (at) =>
      bulk(client, index, all.slice(at * perBulk, (at + 1) * perBulk)),
    );
    t.equal(await count(client, index), documents);
    const found = await speedOf(searches, atOnce, (at) =>
      search(client, index, { query: `${word(at)} ${word(at * 7)}`, first: 20, facets: true }),
    );
    measured(t, {
      "start-up, s": startSeconds,
      "indexed/s": writes.perSecond * perBulk,
      "searches in 5,000 products/s": found.perSecond,
      "search p50, ms": found.p50Ms,
      "search p99, ms": found.p99Ms,
      "memory of the engine, MiB": memoryOf(system).get(server) ?? Number.NaN,
    });
  });
}
