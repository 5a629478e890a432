import t from "tap";
import { startApi } from "../../../../tests/support/gateway.ts";

const id = "019a0000-0000-7000-8000-000000000001";
const update = "mutation($input: UpdateInventoryInput!) { updateInventory(input: $input) { stock } }";

t.test(
  "a new stock is visible at once to the caller who set it; cached lists stay unless the product is deleted",
  async (t) => {
    let stock = 1;
    const product = () => ({ id, stock, version: stock });
    const { ask, requests } = await startApi(
      t,
      {
        "catalog.getProducts": () => ({ products: [product()] }),
        "catalog.listProducts": () => ({ products: [product()] }),
        "catalog.updateInventory": () => ({ stock: ++stock }),
      },
      { cacheMs: 60_000 },
    );
    const list = async () => (await ask("{ products(first: 1) { nodes { stock } } }")).data;
    const updateBy = (type: "ADD" | "DELETE") => ask(update, { input: { id, type, number: 1 } });

    t.same(await list(), { products: { nodes: [{ stock: 1 }] } });
    t.same((await updateBy("ADD")).data, { updateInventory: { stock: 2 } });
    t.same(await list(), { products: { nodes: [{ stock: 2 }] } });
    t.equal(requests("catalog.listProducts").length, 1, "only the product is fetched");
    await updateBy("DELETE");
    await list();
    t.equal(requests("catalog.listProducts").length, 2);
  },
);
