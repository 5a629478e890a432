import t from "tap";
import { takenBy } from "../src/taken.ts";
import { codeOfTemplate, filesInWords, listed, readTemplate } from "../src/template.ts";
import { inWords, wordsOf } from "../src/words.ts";

const template = await readTemplate();
const code = codeOfTemplate(template);

/** The error of `npm run new -- service NAME --of NOUN`. */
function said(name: string, of?: string): string | undefined {
  try {
    return takenBy(wordsOf(name, of), code);
  } catch (error) {
    return (error as Error).message;
  }
}

t.test("a service's name gives the names of its rows", async (t) => {
  for (const [name, one] of [
    ["reviews", "review"],
    ["deliveries", "delivery"],
    ["addresses", "address"],
    ["branches", "branch"],
    ["caches", "cache"],
    ["boxes", "box"],
  ] as const) {
    t.same(wordsOf(name), { service: name, one, many: name });
  }
  t.same(wordsOf("audit", "entry"), { service: "audit", one: "entry", many: "entries" });
  t.same(wordsOf("fulfilment", "box"), { service: "fulfilment", one: "box", many: "boxes" });
});

t.test("usable names", async (t) => {
  for (const name of ["gadgets", "umbrellas", "teapots"]) t.equal(said(name), undefined, name);
  t.equal(said("cutlery", "fork"), undefined);
  t.equal(said("glassware", "glass"), undefined);
});

t.test("unusable names are refused in one line that says why", async (t) => {
  for (const [words, why] of [
    [["Reviews"], "Reviews: a name is 3 to 20 lower-case letters"],
    [["my-reviews"], /^my-reviews: a name is/],
    [["../reviews"], /a name is/],
    [["rs"], /a name is/],
    [["a".repeat(21)], /a name is/],
    [["audit", "Entry"], "--of Entry: a noun is 3 to 20 lower-case letters"],
    [["audit"], "audit is not a plain plural: name its rows with --of NOUN"],
    [["status"], /not a plain plural/],
    [["news"], /not a plain plural/],
    [["orders"], "orders is taken: services/orders exists"],
    [["gateway", "door"], "gateway is taken: gateway exists"],
    [["tests"], "tests is taken: tests exists"],
    [["setup", "step"], "setup is taken: components/setup exists"],
    [["errors"], "errors is taken: proto/sidecart/errors exists"],
    [["classes"], "class is a reserved word: choose another"],
    [["references"], "references is a reserved word: choose another"],
    [["redis", "key"], "redis is a reserved word: choose another"],
    [["events"], /^events is a reserved word/],
    [["messages"], /^message is used in the template's code/],
    [["contexts"], /^context is used/],
    [["blobs"], /^Blob is used/],
    [["people", "user"], "user is a reserved word: choose another"],
    [["stock", "product"], /^the API already has the type .*Product/],
  ] as const) {
    const [name, of] = words;
    const problem = said(name, of) ?? "nothing";
    t.match(problem, why, words.join(" --of "));
    t.notMatch(problem, "\n");
  }
});

t.test("every file and every name is the new service's", async (t) => {
  const files = filesInWords(template, wordsOf("audit", "entry"));
  t.equal(files.size, template.size);
  for (const [file, text] of files) t.notMatch(`${file}\n${text}`, /widget|warehouse/i, file);
  t.ok(files.has("services/audit/src/entry-store.ts"));
  t.equal(
    inWords("A widget, a widget's name, WIDGET_NAME_TAKEN", wordsOf("audit", "entry")),
    ["An entry, an entry's name, ENTRY_NAME_TAKEN"].join(),
  );
});

t.test("the service is in both lists, before the gateway", async (t) => {
  const lists = listed(wordsOf("lanterns"));
  t.match(lists.get("services/index.ts"), /^import \{ lanterns \} from "\.\/lanterns\/service\.ts";$/m);
  t.match(lists.get("services/index.ts"), /, lanterns, gateway\];$/m);
  t.match(lists.get("gateway/src/domains/domains.ts"), /, lanterns\];$/m);
});
