import t from "tap";
import { bulks } from "./bulk-publisher.ts";
import { newId } from "./ids.ts";

t.test("events are cut into calls that a sidecar accepts", async (t) => {
  const entry = (bytes: number) => ({ id: newId(), event: new Uint8Array(bytes), contentType: "application/json" });
  const sizes = (entries: ReturnType<typeof entry>[]) =>
    bulks(entries).map((bulk) => bulk.map((one) => one.event.length));
  const half = 512 * 1024;
  t.same(sizes([]), []);
  t.same(sizes([entry(10), entry(20)]), [[10, 20]]);
  t.same(sizes([entry(half), entry(half), entry(1)]), [[half, half], [1]]);
  t.same(sizes([entry(1), entry(3 * half), entry(2)]), [[1], [3 * half], [2]], "a large one goes alone");
});
