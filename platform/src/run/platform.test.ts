import t from "tap";
import type { Platform, Wiring } from "./platform.ts";

type WithDatabase = { readonly name: "orders"; readonly database: true };
type WithHttp = { readonly name: "gateway"; readonly http: true };

t.test("what a service does not declare it is not given, and what it declares it must bring", async (t) => {
  const given = {} as Platform<WithHttp>;
  // @ts-expect-error: it declares no database
  t.equal(given.database, undefined);
  // @ts-expect-error: and no secret
  t.ok(() => given.secret("redis"));
  const other = {} as Platform<WithDatabase>;
  t.equal(other.database, undefined, "it is there for the compiler");
  const service: Wiring<WithDatabase> = {};
  // @ts-expect-error: it listens for people, so it says how
  const gateway: Wiring<WithHttp> = {};
  t.same([service, gateway], [{}, {}]);
});
