import { newId } from "@sidecart/platform/ids";
import { background } from "@sidecart/platform/rpc";
import fc from "fast-check";
import t from "tap";
import { startStore } from "../../../tests/support/store.ts";
import { createKnownAccountStore } from "./known-account-store.ts";

const soon = () => background(20_000);

t.test("accounts known to orders", async (t) => {
  const { database, query } = await startStore(t, "orders");
  const knownAccounts = createKnownAccountStore(database);
  const versions = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 });

  t.test(
    "the newest version of an account is kept, for any order and number of deliveries, also concurrent ones",
    async (t) => {
      const property = fc.asyncProperty(versions, fc.boolean(), async (some, atOnce) => {
        const id = newId();
        const keep = (version: number) => knownAccounts.keep({ id, username: `name ${version}`, version }, soon());
        if (atOnce) await Promise.all(some.map(keep));
        else for (const version of some) await keep(version);
        const newest = Math.max(...some);
        t.same(await query("select username, version from known_accounts where id = $1", [id]), [
          { username: `name ${newest}`, version: newest },
        ]);
      });
      await fc.assert(property, { numRuns: 30 });
    },
  );
});
