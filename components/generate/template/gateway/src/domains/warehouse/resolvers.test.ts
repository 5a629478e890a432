import { AppError } from "@sidecart/platform/rpc";
import t from "tap";
import { startApi } from "../../../../tests/support/gateway.ts";

const id = "019a0000-0000-7000-8000-000000000001";
const stored = { id, accountId: id, name: "First", createdAt: "2026-03-01T12:00:00.123Z" };

t.test("a widget is returned as the API shows it; a missing one is null", async (t) => {
  const { ask, requests } = await startApi(t, {
    "warehouse.getWidgets": ({ ids }: { ids: string[] }) => ({ widgets: ids.includes(id) ? [stored] : [] }),
  });
  const query = "query($id: ID!) { widget(id: $id) { id userId name createdAt announcedAt } }";
  const { accountId: userId, ...rest } = stored;
  t.same((await ask(query, { id: id.toUpperCase() })).data, { widget: { ...rest, userId, announcedAt: null } });
  t.same((await ask(query, { id: id.replace(/1$/, "2") })).data, { widget: null });
  t.same((await ask(query, { id: "mine" })).codes, ["BAD_INPUT"]);
  t.equal(requests("warehouse.getWidgets").length, 2, "a bad id asks nobody");
});

t.test("each creation has its own command id, and an error keeps its code", async (t) => {
  const nameTaken = { code: "WIDGET_NAME_TAKEN", status: "ALREADY_EXISTS", text: "Taken." } as const;
  const { ask, requests } = await startApi(t, {
    "warehouse.createWidget": ({ name }: { name: string }) => {
      if (name === "Taken") throw new AppError(nameTaken);
      return { widget: { ...stored, name } };
    },
  });
  const create = (name: string) =>
    ask("mutation($input: CreateWidgetInput!) { createWidget(input: $input) { id name } }", { input: { name } });
  t.same((await create("First")).data, { createWidget: { id, name: "First" } });
  t.same((await create("Taken")).codes, ["WIDGET_NAME_TAKEN"]);
  const ids = requests("warehouse.createWidget").map(({ commandId }) => commandId);
  t.equal(new Set(ids).size, 2);
});
