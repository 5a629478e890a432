import { join } from "node:path";
import { serve } from "@sidecart/pluggable/testing";
import { conformance } from "@sidecart/search/conformance/suite";
import t from "tap";
import { embeddedSearch } from "../src/binding.ts";

t.test("the embedded engine passes the conformance suite of the search contract", async (t) => {
  const { client } = await serve(t, embeddedSearch);
  await client.init({ path: join(t.testdir(), "search.db") });
  conformance(t, () => client);
});
