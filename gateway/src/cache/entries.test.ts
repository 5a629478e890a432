import t from "tap";
import { createEntries } from "./entries.ts";

type Row = { id: string; bytes: number };
const fill = (maxBytes: number) =>
  createEntries<Row>({
    name: "rows",
    maxBytes,
    maxAgeMs: 60_000,
    bytesOf: ({ bytes }) => bytes,
    keepsMissing: true,
    amend: (row) => row ?? undefined,
  });
const rows = (count: number, bytes: number) => Array.from({ length: count }, (_, at) => ({ id: `${at}`, bytes }));

t.test("large rows leave room for fewer", (t) => {
  const known = (bytes: number) => {
    const entries = fill(10_000);
    const all = rows(100, bytes);
    entries.keep(all, [], entries.begin());
    return all.filter(({ id }) => entries.known(id)).length;
  };
  t.same([known(100), known(1_000), known(5_000), known(10_001)], [100, 10, 2, 0]);
  t.end();
});

t.test("what changed meanwhile is looked at once for all rows of a page", (t) => {
  const entries = fill(1e9);
  const began = entries.begin();
  let looks = 0;
  for (const at of Array(1_000).keys()) {
    const onlyStock = { now: 1 };
    entries.change({
      get id() {
        looks += 1;
        return `other ${at}`;
      },
      owner: "",
      version: 1,
      onlyStock,
    });
  }
  looks = 0;
  entries.keep(rows(500, 1), entries.changesSince(began) ?? [], began);
  t.ok(looks < 5_000, `${looks} looks at 1,000 changes`);
  t.equal(entries.known("499")?.id, "499");
  t.end();
});
