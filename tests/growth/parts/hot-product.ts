import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { createReservationStore } from "../../../services/catalog/src/reservation-store.ts";
import { amply } from "../../support/quotas.ts";
import { median, ms, table, timed } from "../figures.ts";
import { fillCatalog } from "../fill/catalog.ts";
import type { Part } from "../part.ts";

const batches = [1, 8, 64, 256];
const rounds = 60;
const soon = () => background(60_000);

export const hotProduct: Part = {
  name: "hot-product",
  title: "A hot product: p50 in ms for n reservations",
  async run(run) {
    const store = await run.store("catalog");
    await fillCatalog(store.query, 1_000);
    await store.query("analyze");
    const [hot] = await store.query<{ id: string }>("select id from products where deleted_at is null limit 1");
    if (!hot) throw new Error("no product");
    const reservations = createReservationStore(store.database);
    const wanted = (count: number) =>
      Array.from({ length: count }, () => ({
        id: newId(),
        accountId: newId(),
        quota: amply,
        lines: [{ productId: hot.id, quantity: 1 }],
      }));
    const reserve = async (some: ReturnType<typeof wanted>) => {
      const now = new Date();
      const outcomes = await reservations.reserve(some, now, new Date(now.getTime() + 3_600_000), soon());
      const refused = [...outcomes.values()].filter(({ status }) => status !== "reserved").length;
      if (refused > 0 || outcomes.size !== some.length) throw new Error(`${refused} of ${some.length} rejected`);
    };
    const together = batches.map((): number[] => []);
    const apart = batches.map((): number[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [place, size] of batches.entries()) {
        together[place]?.push(await timed(() => reserve(wanted(size))));
        apart[place]?.push(await timed(() => Promise.all(wanted(size).map((one) => reserve([one])))));
      }
    }
    const rows = batches.map((size, place) => {
      const [one, many] = [median(together[place] ?? []), median(apart[place] ?? [])];
      return [String(size), ms(one), ms(one / size), ms(many), ms(many / size)];
    });
    const titles = ["n", "one statement", "per reservation", "n concurrent statements", "per reservation"];
    return { lines: table(titles, rows), problems: [] };
  },
};
