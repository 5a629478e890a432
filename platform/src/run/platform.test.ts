import t from "tap";
import type { Platform, Wiring } from "./platform.ts";

type WithDatabase = { readonly name: "orders"; readonly database: true };
type WithHttp = { readonly name: "gateway"; readonly http: true };

t.test("a service gets only what it declares, and must provide what its declaration requires", async (t) => {
  const given = {} as Platform<WithHttp>;
  // @ts-expect-error: it declares no database
  t.equal(given.database, undefined);
  // @ts-expect-error: it declares no secret
  t.ok(() => given.secret("redis"));
  const other = {} as Platform<WithDatabase>;
  t.equal(other.database, undefined, "it is there for the compiler");
  const service: Wiring<WithDatabase> = {};
  // @ts-expect-error: it declares http, so it must return it
  const gateway: Wiring<WithHttp> = {};
  t.same([service, gateway], [{}, {}]);
});
