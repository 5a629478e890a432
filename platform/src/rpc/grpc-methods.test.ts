import { create } from "@bufbuild/protobuf";
import { CatalogService, ProductSchema, ReserveResponseSchema } from "@sidecart/proto/catalog/v1/catalog";
import fc from "fast-check";
import t from "tap";
import { serviceDefinition, unaryDefinitions } from "./grpc-methods.ts";

t.test("every unary method has its path on the wire and its name in code", async (t) => {
  const definitions = unaryDefinitions(CatalogService);
  t.match(
    definitions.find(({ name }) => name === "getProducts"),
    {
      path: "/sidecart.catalog.v1.CatalogService/GetProducts",
      requestStream: false,
      responseStream: false,
    },
  );
  t.same(
    new Set(Object.keys(serviceDefinition(CatalogService))),
    new Set(CatalogService.methods.map(({ localName }) => localName)),
  );
});

t.test("a message survives encoding and decoding, with exact int64 and text in any script", async (t) => {
  const method = unaryDefinitions(CatalogService).find(({ name }) => name === "createProduct");
  const texts = fc.string({ unit: "grapheme" });
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const product = fc.record({
    name: texts,
    price: int64,
    stock: fc.integer(),
    // The protobuf runtime drops a map's entry of this name.
    attributes: fc.dictionary(
      texts.filter((key) => key !== "__proto__"),
      texts,
      { noNullPrototype: true },
    ),
  });
  fc.assert(
    fc.property(product, (fields) => {
      const bytes = method?.responseSerialize({ product: fields });
      t.match(method?.responseDeserialize(bytes as Buffer), { product: fields });
    }),
  );
});

t.test("missing fields of a message have their defaults", async (t) => {
  t.match(create(ProductSchema, {}), { name: "", price: 0n, attributes: {} });
  t.same(create(ReserveResponseSchema, {}).outcomes, []);
});

t.test("a value that does not fit its field is refused before it is sent", async (t) => {
  const method = unaryDefinitions(CatalogService).find(({ name }) => name === "updateInventory");
  t.throws(() => method?.requestSerialize({ id: "x", number: 2 ** 31 }));
});
