import { outboxRow } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { WidgetCreatedSchema } from "@sidecart/proto/warehouse/v1/events";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createWidgetStore, type NewWidget } from "./widget-store.ts";

const soon = () => background(20_000);
const [now, later] = [new Date("2026-03-01T12:00:00.123Z"), new Date("2026-03-01T12:00:01Z")];
const fresh = (fields: Partial<NewWidget> = {}): NewWidget => {
  const id = newId();
  return { id, accountId: newId(), name: `Name of ${id}`, createdAt: now, ...fields };
};
const asStored = ({ createdAt, ...rest }: NewWidget) => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  announcedAt: null,
});

const { database, query } = await startStore(t, "warehouse");
const widgets = createWidgetStore(database);
const create = (one: NewWidget) =>
  widgets.create(one, outboxRow(WidgetCreatedSchema, one.id, { widgetId: one.id }), soon());
const events = (id: string) => query("select topic, data from outbox where key = $1", [id]);

t.test("a widget is written with its event", async (t) => {
  const one = fresh();
  t.same(await create(one), asStored(one));
  t.same(await widgets.byIds([one.id], null, soon()), [asStored(one)]);
  t.same(await events(one.id), [{ topic: "warehouse.widget-created.v1", data: { widgetId: one.id } }]);
});

t.test("a repeated id returns the same widget, and writes no second event", async (t) => {
  const one = fresh();
  await create(one);
  t.same(await create({ ...one, name: "Another name" }), asStored(one));
  t.equal((await events(one.id)).length, 1);
});

t.test("an account has one widget of a name; other accounts may use the name too", async (t) => {
  const one = fresh();
  const [same, other] = [fresh({ accountId: one.accountId, name: one.name }), fresh({ name: one.name })];
  await create(one);
  t.equal(await create(same), null);
  t.same(await events(same.id), []);
  t.same(await create(other), asStored(other));
});

t.test("of many concurrent calls with one name one succeeds", async (t) => {
  const one = fresh();
  const answers = await Promise.all(Array.from({ length: 20 }, () => create({ ...one, id: newId() })));
  t.equal(answers.filter((answer) => answer !== null).length, 1);
});

t.test("a concurrently repeated command creates one widget", async (t) => {
  const one = fresh();
  t.same(await Promise.all(Array.from({ length: 20 }, () => create(one))), Array(20).fill(asStored(one)));
  t.equal((await events(one.id)).length, 1);
});

t.test("only widgets that the caller may see are returned", async (t) => {
  const [mine, other] = [fresh(), fresh()];
  for (const one of [mine, other]) await create(one);
  const ids = [other.id, newId(), mine.id];
  t.same(await widgets.byIds(ids, mine.accountId, soon()), [asStored(mine)]);
  t.equal((await widgets.byIds(ids, null, soon())).length, 2);
});

t.test("of several deliveries of the event only the first has an effect", async (t) => {
  const one = fresh();
  await create(one);
  await widgets.markAnnounced(one.id, now, soon());
  await widgets.markAnnounced(one.id, later, soon());
  t.match(await widgets.byIds([one.id], null, soon()), [{ announcedAt: now.toISOString() }]);
  await widgets.markAnnounced(newId(), now, soon());
});
