import t from "tap";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

type Found = { searchProducts: { nodes: { id: string; name: string }[] } };
type Placed = { placeOrder: { id: string; status: string; priceTotal: number; quantity: number } };

t.test("a new customer registers, finds coffee despite a typo, orders it, and sees order and stock", async (t) => {
  const { gatewayUrl } = await startSystem(t);
  const shop = await admin(gatewayUrl);
  const coffee = await newProduct(shop, { name: "Filter coffee", price: 1290, stock: 7, category: "coffee" });
  const customer = await newCustomer(gatewayUrl);

  const found = await eventually("the new product in the search index", async () => {
    const { searchProducts } = await customer.get<Found>('{ searchProducts(query: "coffe") { nodes { id name } } }');
    return searchProducts.nodes.find(({ id }) => id === coffee);
  });
  t.equal(found.name, "Filter coffee");

  const input = { orderProducts: [{ productId: coffee, quantity: 2 }] };
  const { placeOrder: order } = await customer.get<Placed>(placeOrder, { input });
  t.match(order, { status: "PENDING_PAYMENT", priceTotal: 2580, quantity: 2 });

  const seen = await customer.get<{ product: { stock: number }; orders: { nodes: { id: string }[] } }>(
    "query($id: ID!) { product(id: $id) { stock } orders { nodes { id } } }",
    { id: coffee },
  );
  t.equal(seen.product.stock, 5, "less the ordered units");
  t.same(seen.orders.nodes, [{ id: order.id }]);
});
