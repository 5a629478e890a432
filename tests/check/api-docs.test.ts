import t from "tap";
import { apiDocsProblems, undocumented } from "./api-docs.ts";

const kinds = [
  { code: "NOT_FOUND", status: "NOT_FOUND", text: "There is no such thing." },
  { code: "SOLD_OUT", text: "There is none left." },
] as const;
const table = "| code | status | |\n|---|---|---|\n| `NOT_FOUND` | 404 | none |\n| `SOLD_OUT` | 409 | none left |\n";

t.test("the documentation of the API has every error code, and no other", async (t) => {
  t.equal(await apiDocsProblems(), undefined);
});

t.test("a code without a row, with another status, or that nothing declares is named", async (t) => {
  t.same(undocumented(kinds, table), []);
  t.same(undocumented(kinds, table.replace("SOLD_OUT", "SOLD")), [
    "docs/api.md: SOLD_OUT has no row",
    "docs/api.md: no errors.ts declares SOLD",
  ]);
  t.same(undocumented(kinds, table.replace("404", "400")), ["docs/api.md: NOT_FOUND has status 400, not 404"]);
  t.same(undocumented(kinds, table.replace("none left", " ")), ["docs/api.md: SOLD_OUT has no description"]);
});
