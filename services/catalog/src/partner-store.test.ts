import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createPartnerStore } from "./partner-store.ts";

const soon = () => background(10_000);

t.test("partners", async (t) => {
  const { database, query } = await startStore(t, "catalog");
  const partners = createPartnerStore(database);
  const stored = (id: string) => query("select name, active, version from partners where account_id = $1", [id]);

  t.test("the newest version wins, for any order and number of deliveries", async (t) => {
    const accountId = newId();
    const versions = [3, 1, 3, 2, 1].map((version) => ({
      accountId,
      name: `name ${version}`,
      active: version !== 2,
      version,
    }));
    for (const partner of versions) await partners.keep(partner, soon());
    t.same(await stored(accountId), [{ name: "name 3", active: true, version: 3 }]);
  });

  t.test("concurrent versions leave the newest", async (t) => {
    const accountId = newId();
    const versions = Array.from({ length: 32 }, (_, version) => ({
      accountId,
      name: `name ${version}`,
      active: version % 2 === 1,
      version,
    }));
    await Promise.all(versions.map((partner) => partners.keep(partner, soon())));
    t.same(await stored(accountId), [{ name: "name 31", active: true, version: 31 }]);
  });
});
