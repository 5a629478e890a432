import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import { WarehouseService } from "@sidecart/proto/warehouse/v1/warehouse";
import t from "tap";
import { codeOf } from "../../../tests/support/direct.ts";
import { startRpc } from "../../../tests/support/service-rpc.ts";
import { startStore } from "../../../tests/support/store.ts";
import { rpc } from "./rpc.ts";
import { createWidgetStore } from "./widget-store.ts";

const now = new Date("2026-03-01T12:00:00.123Z");
const { database, written } = await startStore(t, "warehouse");
const { client, as } = await startRpc(t, WarehouseService, (verifier) =>
  rpc({ widgets: createWidgetStore(database), verifier, clock: { now: () => now } }),
);
const [ann, bob, admin] = [newId(), newId(), newId()];
const read = async (id: string, who: string, ...roles: string[]) =>
  (await client.getWidgets({ ids: [id] }, await as(who, ...roles))).widgets;

t.test("a widget is visible to its account and to admins only", async (t) => {
  const before = written.kicks;
  const { widget: created } = await client.createWidget({ name: " First " }, await as(ann));
  t.match(created, { accountId: ann, name: "First", createdAt: now.toISOString(), announcedAt: "" });
  t.equal(written.kicks, before + 1, "its event is published at once");
  const id = created?.id ?? "";
  t.same(await read(id, ann), [created]);
  t.same(await read(id, admin, "admin"), [created]);
  t.same(await read(id, bob), []);
});

t.test("a repeated command creates one widget, and does not reveal another account's widget", async (t) => {
  const command = { name: "Second", commandId: newId() };
  const first = await client.createWidget(command, await as(ann));
  t.equal(first.widget?.id, command.commandId);
  t.same(await client.createWidget(command, await as(ann)), first);
  t.equal(await codeOf(client.createWidget(command, await as(bob))), "FORBIDDEN");
});

t.test("an existing name is refused with its code", async (t) => {
  await client.createWidget({ name: "Third" }, await as(ann));
  t.equal(await codeOf(client.createWidget({ name: "Third" }, await as(ann))), "WIDGET_NAME_TAKEN");
});

t.test("calls without a token or with bad input are refused", async (t) => {
  t.equal(await codeOf(client.createWidget({ name: "Fourth" }, background(5_000))), "UNAUTHENTICATED");
  t.equal(await codeOf(client.getWidgets({}, background(5_000))), "UNAUTHENTICATED");
  for (const bad of [{ name: " " }, { name: "x".repeat(201) }, { name: "Fifth", commandId: "mine" }]) {
    t.equal(await codeOf(client.createWidget(bad, await as(ann))), "BAD_INPUT");
  }
});
