import t from "tap";
import { people, samplePasswordUnder } from "./people.ts";
import { sampleProducts } from "./products.ts";

const products = sampleProducts();

t.test(
  "there are at least 60 products with different names in at least 8 categories, several of them coffees",
  async (t) => {
    t.ok(products.length >= 60);
    t.equal(new Set(products.map(({ name }) => name)).size, products.length);
    t.ok(new Set(products.map(({ category }) => category)).size >= 8);
    t.ok(products.filter(({ description }) => /coffee/i.test(description)).length >= 5);
  },
);

t.test("every product has a price in cents, stock, attributes and a picture of at most 4 kB", async (t) => {
  for (const { name, price, stock, description, attributes, imageUrl } of products) {
    t.ok(Number.isSafeInteger(price) && price > 0 && Number.isSafeInteger(stock) && stock > 0, name);
    t.ok(description.length > 20 && Object.values(attributes).every((value) => typeof value === "string"), name);
    t.match(imageUrl, /^data:image\/svg\+xml;base64,/);
    t.ok(imageUrl.length <= 4_096, name);
  }
});

t.test("every shop is one of the sample partners", async (t) => {
  const shops = new Set(people.filter(({ role }) => role === "partner").map(({ username }) => username));
  const named = new Set(products.flatMap(({ partner }) => partner ?? []));
  t.ok(named.size >= 2);
  t.same(
    [...named].filter((partner) => !shops.has(partner)),
    [],
  );
});

t.test("there are three accounts of each role", async (t) => {
  for (const role of ["customer", "admin", "partner", "deliverer"]) {
    t.equal(people.filter((person) => person.role === role).length, 3, role);
  }
});

t.test(
  "outside local mode sample accounts get a password derived from the admin's, not the published one",
  async (t) => {
    const password = samplePasswordUnder("correct horse battery staple");
    t.equal(samplePasswordUnder("correct horse battery staple"), password);
    t.not(samplePasswordUnder("correct horse battery stable"), password);
    t.notMatch(password, /horse|sidecart-local/);
  },
);
