import type { BindingClient } from "@sidecart/pluggable/client";
import type { Test } from "tap";
import { createContext } from "./context.ts";
import { facetTests } from "./facets.ts";
import { aliasTests, indexTests } from "./indexes.ts";
import { inputTests } from "./input.ts";
import { cursorTests, hitCursorTests, pagingTests } from "./paging.ts";
import { filterTests, searchTests } from "./searching.ts";
import { suggestTests } from "./suggesting.ts";
import { bulkTests, versionTests, writeTests } from "./writes.ts";

/** The tests that every search engine must pass. The component is initialised and has no index yet. */
export function conformance(t: Test, connect: () => BindingClient): void {
  const parts = {
    indexTests,
    aliasTests,
    writeTests,
    versionTests,
    bulkTests,
    searchTests,
    filterTests,
    facetTests,
    pagingTests,
    cursorTests,
    hitCursorTests,
    suggestTests,
    inputTests,
  };
  t.test("search contract", async (t) => {
    const context = createContext(connect());
    for (const [name, part] of Object.entries(parts)) {
      await t.test(name.replace("Tests", ""), (t) => part(t, context));
    }
  });
}
