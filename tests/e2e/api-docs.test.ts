import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Kind, parse } from "graphql";
import t from "tap";
import { root } from "../check/tool.ts";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { admin, newProduct } from "../support/people.ts";
import { operations } from "../support/schema.ts";
import { startSystem } from "../support/system.ts";
import { expired, goodClaims, sign, systemKey } from "../support/tokens.ts";

type Json = Record<string, unknown>;
type Example = {
  query: string;
  who: string;
  code: string | undefined;
  variables: string;
  response: string | undefined;
};

/** The guide. A domain of a new service may keep its examples in its own folder. */
const files = ["docs/api.md", ...globSync("gateway/src/domains/*/examples.md", { cwd: root }).sort()];
const guide = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
const blocks = [...guide.matchAll(/^```(\w+)(.*)\n([\s\S]*?)^```$/gm)].map(([, language, info = "", text = ""]) => ({
  language,
  info: info.trim(),
  text,
}));

/** Each query of the guide, with the variables and the response that stand behind it. */
const examples: Example[] = blocks.flatMap(({ language, info, text: query }, at) => {
  if (language !== "graphql") return [];
  const behind = blocks.slice(at + 1, at + 3);
  const end = behind.findIndex((one) => one.language !== "json");
  const json = (kind: string) => behind.slice(0, end < 0 ? undefined : end).find((one) => one.info === kind)?.text;
  const [who = "", code] = info.split(" ");
  return [{ query, who, code, variables: json("variables") ?? "{}", response: json("response") }];
});

t.setTimeout(120_000);
const system = await startSystem(t);
const { gatewayUrl } = system;
const people: Record<string, Person> = { anyone: new Person(gatewayUrl), admin: await admin(gatewayUrl) };
const boss = people.admin as Person;
await newProduct(boss, { name: "Coffee beans", price: 1490, stock: 3, category: "coffee" });
const values = new Map([["PRODUCT_ID", await newProduct(boss, { name: "Filter coffee", price: 1290, stock: 7 })]]);
await eventually("the products in the index", async () => {
  const query = '{ searchProducts(query: "coffee") { totalCount } }';
  return (await boss.get<{ searchProducts: { totalCount: number } }>(query)).searchProducts.totalCount === 2;
});

/** Values that later examples use, by the field that returns them. */
const returned: Record<string, (value: Json) => [string, unknown][]> = {
  registerUser: ({ id }) => [["USER_ID", id]],
  login: ({ token, refreshToken }) => [
    ["TOKEN", token],
    ["REFRESH_TOKEN", refreshToken],
  ],
  refreshToken: ({ token, refreshToken }) => [
    ["TOKEN", token],
    ["REFRESH_TOKEN", refreshToken],
  ],
  createProduct: ({ id }) => [["NEW_PRODUCT_ID", id]],
  placeOrder: ({ id }) => [["ORDER_ID", id]],
  reindex: ({ index }) => [["INDEX", index]],
  products: ({ pageInfo }) => (values.has("CURSOR") ? [] : [["CURSOR", (pageInfo as Json | undefined)?.endCursor]]),
};

/** `createWidget` returns the WIDGET_ID. */
const created =
  (field: string) =>
  ({ id }: Json): [string, unknown][] => [[`${field.slice("create".length).toUpperCase()}_ID`, id]];

function remember(data: Json | null): void {
  for (const [field, value] of Object.entries(data ?? {})) {
    if (value === null) continue;
    const found = returned[field] ?? (field.startsWith("create") ? created(field) : undefined);
    for (const [name, one] of found?.(value as Json) ?? []) values.set(name, String(one));
  }
  if (values.has("TOKEN")) people.customer = new Person(gatewayUrl, values.get("TOKEN"));
}

const filled = (text: string): Json =>
  JSON.parse(text.replace(/"([A-Z_]+)"/g, (all, name) => (values.has(name) ? JSON.stringify(values.get(name)) : all)));

/** The names of a value's fields, and the types of its values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== "object") return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one)]));
}

t.test("every example of the guide works, and its response has the form that the guide shows", async (t) => {
  for (const { query, who, code, variables, response } of examples) {
    const person = people[who];
    if (!person) throw new Error(`who is ${who}?`);
    const { data, errors } = await person.ask<Json>(query, filled(variables));
    t.same(
      errors.map(({ extensions }) => extensions.code),
      code ? [code] : [],
      `${query} ${JSON.stringify(errors)}`,
    );
    remember(data);
    if (response) t.same(shapeOf(code ? { errors, data } : { data }), shapeOf(filled(response)), query);
  }
});

t.test("the guide has an example of every operation", async (t) => {
  const shown = examples.flatMap(({ query }) =>
    parse(query).definitions.flatMap((one) =>
      one.kind === Kind.OPERATION_DEFINITION
        ? one.selectionSet.selections.map((field) => (field.kind === Kind.FIELD ? field.name.value : ""))
        : [],
    ),
  );
  t.same(
    operations()
      .map(({ field }) => field.name)
      .filter((name) => !shown.includes(name)),
    [],
  );
});

t.test("the guide's client refreshes an expired token once, for concurrent requests and for all tabs", async (t) => {
  const source = blocks.find(({ language }) => language === "js")?.text ?? "";
  const { createClient, browserStore } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const input = { email: "ben@example.com", password: "a long enough pass phrase" };
  const register = "mutation($input: RegisterUserInput!) { registerUser(input: $input) { id } }";
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) };
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  const guest = createClient(gatewayUrl, browserStore);
  const { data } = await guest(register, { input: { ...input, username: "Ben" } });
  const login = "mutation($input: LoginInput!) { login(input: $input) { token refreshToken } }";
  const session = (await guest(login, { input })).data.login;
  const claims = { ...goodClaims(data.registerUser.id, ["customer"]), ...expired };
  const expiredToken = await sign(await systemKey(system), claims);
  browserStore.save({ ...session, token: expiredToken });
  const tabs = [createClient(gatewayUrl, browserStore), createClient(gatewayUrl, browserStore)];
  const ask = (place: number) => tabs[place % 2]("{ me { email } }");
  const answers = await Promise.all(Array.from({ length: 6 }, (_, place) => ask(place)));
  for (const answer of answers) t.same(answer, { data: { me: { email: input.email } } });
  const { refreshToken } = browserStore.load();
  t.not(refreshToken, session.refreshToken, "the new tokens are kept");
  browserStore.save({ ...browserStore.load(), token: expiredToken });
  t.same(await ask(1), { data: { me: { email: input.email } } }, "and refreshed again by the other tab");
});
