import type { Test } from "tap";
import { type Context, fill, product } from "./context.ts";

const names = [
  "Espresso Machine",
  "Espresso Beans Dark Roast",
  "Dark Chocolate",
  "Crème Brûlée",
  "Mug",
  "Mug",
  "MUG",
  "Tea Pot",
];

export async function suggestTests(t: Test, context: Context): Promise<void> {
  const { client } = context;
  const index = await context.newIndex();
  await fill(
    context,
    index,
    names.map((name, at) => product({ id: `p${at}`, name, description: "chocolate machine words" })),
  );
  const suggest = async (prefix: string, first = 10) =>
    (await client.invoke<{ suggestions: string[] }>("suggest", { index, prefix, first })).suggestions;

  t.test("a name is suggested for the prefix of any of its words", async (t) => {
    t.equal((await suggest("m")).length, 2);
    t.same(await suggest("M"), await suggest("m"), "case does not matter");
    t.same((await suggest("esp")).toSorted(), ["Espresso Beans Dark Roast", "Espresso Machine"]);
    t.same((await suggest("dark")).toSorted(), ["Dark Chocolate", "Espresso Beans Dark Roast"]);
    t.same(await suggest("roa"), ["Espresso Beans Dark Roast"]);
    t.same(await suggest("creme bru"), ["Crème Brûlée"]);
    t.same(await suggest("espresso ma"), ["Espresso Machine"]);
    t.same(await suggest("xyz"), []);
  });

  t.test("a name is suggested once, however many products have it", async (t) => {
    t.equal((await suggest("mug")).length, 1);
    t.equal((await suggest("mug"))[0]?.toLowerCase(), "mug");
  });

  t.test("one typing error is tolerated from four letters on", async (t) => {
    for (const prefix of ["expr", "espp", "esrpe", "esprr", "expresso mach"]) {
      t.ok((await suggest(prefix)).includes("Espresso Machine"), prefix);
    }
    t.same(await suggest("exp"), [], "three letters are too few");
    t.equal((await suggest("choc"))[0], "Dark Chocolate");
  });

  t.test("`first` limits the number of suggestions", async (t) => {
    t.equal((await suggest("e", 1)).length, 1);
  });

  t.test("an empty prefix has no suggestions", async (t) => {
    for (const prefix of ["", " ", "!", "\u0000\udc00"]) t.same(await suggest(prefix), [], JSON.stringify(prefix));
  });
}
