import { createHash } from "node:crypto";
import t from "tap";
import { startApi } from "../../../tests/support/gateway.ts";

const product = {
  id: "019a0000-0000-7000-8000-000000000001",
  name: "A thing",
  price: 1n,
  partnerId: "",
  imageUrl: "",
  attributes: {},
};
const query = '{ product(id: "019a0000-0000-7000-8000-000000000001") { name } }';

t.test("the response to a GET has a tag, and is 304 while it is the same", async (t) => {
  let name = "A thing";
  const { http } = await startApi(t, { "catalog.getProducts": () => ({ products: [{ ...product, name }] }) });
  const get = (headers = {}) => http.inject({ url: "/graphql", query: { query }, headers });
  const first = await get();
  t.match(first, { statusCode: 200, headers: { "cache-control": "public, no-cache", vary: "Authorization" } });
  const { etag } = first.headers;
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, `W/"other",W/${etag} , "third"`, "*", " * "]) {
    const again = await get({ "if-none-match": tag });
    t.match(again, { statusCode: 304, body: "", headers: { etag } });
  }
  for (const tag of ['"other"', "", `"other" ${etag}`, `${etag}x`.replaceAll('"', ""), '"*"', `w/${etag}`, "**"]) {
    t.equal((await get({ "if-none-match": tag })).statusCode, 200, tag);
  }
  name = "Another thing";
  const changed = await get({ "if-none-match": etag });
  t.match(changed, { statusCode: 200, body: /Another thing/ });
  t.not(changed.headers.etag, etag);
});

t.test(
  "a response to a request with a token is private; responses to POST and errors must not be stored",
  async (t) => {
    const { http } = await startApi(t, { "catalog.getProducts": () => ({ products: [product] }) });
    const mine = await http.inject({ url: "/graphql", query: { query }, headers: { authorization: "Bearer x" } });
    t.equal(mine.headers["cache-control"], "private, no-cache");
    const posted = await http.inject({ method: "POST", url: "/graphql", payload: { query } });
    const wrong = { url: "/graphql", query: { query: "{ nothing }" } };
    const refused = await http.inject(wrong);
    const withStatus200 = await http.inject({
      ...wrong,
      headers: { accept: "application/json", "if-none-match": "*" },
    });
    t.equal(withStatus200.statusCode, 200);
    for (const { headers } of [posted, refused, withStatus200]) {
      t.equal(headers["cache-control"], "no-store");
      t.equal(headers.etag, undefined);
    }
  },
);

t.test("a stored query can be sent as its hash alone, by GET", async (t) => {
  const { http, post } = await startApi(t, { "catalog.getProducts": () => ({ products: [product] }) });
  const sha256Hash = createHash("sha256").update(query).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const get = () => http.inject({ url: "/graphql", query: { extensions: JSON.stringify(extensions) } });
  t.equal((await get()).statusCode, 400, "not stored yet");
  t.equal((await post({ query, extensions })).status, 200);
  t.match(await get(), { statusCode: 200, body: /A thing/ });
});
