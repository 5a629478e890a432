import t from "tap";
import { createEntries } from "./entries.ts";

type Row = { id: string; bytes: number };
const fill = (maxBytes: number) =>
  createEntries<Row>({
    name: "rows",
    maxBytes,
    maxAgeMs: 60_000,
    bytesOf: ({ bytes }) => bytes,
    cachesMissing: true,
    amend: (row) => row ?? undefined,
  });
const rows = (count: number, bytes: number) => Array.from({ length: count }, (_, at) => ({ id: `${at}`, bytes }));

t.test("large rows take more of the budget, so fewer fit", (t) => {
  const cached = (bytes: number) => {
    const entries = fill(10_000);
    const all = rows(100, bytes);
    entries.setAll(all, [], entries.startFetch());
    return all.filter(({ id }) => entries.get(id)).length;
  };
  t.same([cached(100), cached(1_000), cached(5_000), cached(10_001)], [100, 10, 2, 0]);
  t.end();
});

t.test("the changes since a fetch started are read once for all rows of a page", (t) => {
  const entries = fill(1e9);
  const began = entries.startFetch();
  let looks = 0;
  for (const at of Array(1_000).keys()) {
    entries.apply({
      get id() {
        looks += 1;
        return `other ${at}`;
      },
      owner: "",
      version: 1,
      inPlace: true,
    });
  }
  looks = 0;
  entries.setAll(rows(500, 1), entries.changesSince(began) ?? [], began);
  t.ok(looks < 5_000, `${looks} looks at 1,000 changes`);
  t.equal(entries.get("499")?.id, "499");
  t.end();
});
