import fc from "fast-check";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";
import { hasRepeatedKey } from "./repeated-keys.ts";

const repeats = (json: string) => hasRepeatedKey(json, JSON.parse(json));

t.test("JSON as a program writes it repeats no key", async (t) => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, "\t"), (json, space) => {
      t.notOk(repeats(json));
      t.notOk(repeats(JSON.stringify(JSON.parse(json), undefined, space)));
    }),
    { numRuns: 10_000 },
  );
  for (const json of ['{"a":"\\"b\\":","c":["\\\\",{"a":":"}]}', '{"a":{"a":{"a":1}}}', '[{"a":1},{"a":2}]', '""', "1"])
    t.notOk(repeats(json), json);
});

t.test("a key that is repeated anywhere is found, however it is written", async (t) => {
  fc.assert(
    fc.property(fc.json(), fc.string(), fc.json(), (before, key, after) => {
      const name = JSON.stringify(key);
      const escaped = `"${[...key].map((one) => [...Array(one.length)].map((_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")).join("")}"`;
      t.ok(repeats(`[${before},{${name}:${after},"other":[],${escaped} \n:${before}}]`));
    }),
    { numRuns: 10_000 },
  );
});

t.test("a request with a repeated key is refused, and no service is called", async (t) => {
  const { http, calls } = await startApi(t, {});
  const create = 'mutation($a: TextMap) { createProduct(input: {name: "Tea", price: 1, attributes: $a}) { id } }';
  const body = (variables: string) => `{"query":${JSON.stringify(create)},"variables":${variables}}`;
  const post = (payload: string) =>
    http.inject({ method: "POST", url: "/graphql", payload, headers: { "content-type": "application/json" } });
  const refused = { statusCode: 400, body: /BAD_INPUT/ };
  t.match(await post(body('{"a":{"color":"a","color":"b"}}')), refused);
  t.match(await post(body('{"a":{"color":"a","c\\u006flor":"a"}}')), refused);
  t.match(await post(body('{"a":{},"a":{}}')), refused);
  t.match(await post('{"query":"{ __typename }","query":"{ __typename }"}'), refused);
  for (const name of ["variables", "extensions"]) {
    const url = `/graphql?query=${encodeURIComponent("{ __typename }")}&${name}=${encodeURIComponent('{"a":1,"a":1}')}`;
    t.match(await http.inject({ url }), refused, name);
  }
  const literal = create.replace("($a: TextMap)", "").replace("$a", '{color: "a", color: "b"}');
  t.match(await post(JSON.stringify({ query: literal })), { statusCode: 400 });
  t.same(calls, []);
});
