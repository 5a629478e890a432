/**
 * What is asked for. Reads give every field the case names, writes are checked against what stands in the database.
 *
 * - `product`: one of the products, at random: id, name, description, price, stock
 * - `product-uncached`: the same, with every cache off
 * - `products`: the first 1,000 (all, when there are fewer), the same fields
 * - `orders`: the 500 newest of a viewer, who is checked: id, status, quantity, total, creation
 * - `order`: one with its lines (product, name, quantity, price), by its owner, who is checked
 * - `place-order`: one line of one unit of any product, by any account
 * - `place-order-hot`: the same, always of product 1
 * - `oversell`: the same; 64 at once, when there are 50 units: an order, or a refusal because there are no more
 * - `search`: words of a product's name; `suggest`: the beginning of one
 * - `log-in`: with e-mail and password
 * - `mixed`: people who look around and sometimes buy
 */
export const caseNames = /** @type {const} */ ([
  "product",
  "product-uncached",
  "products",
  "orders",
  "order",
  "place-order",
  "place-order-hot",
  "oversell",
  "search",
  "suggest",
  "log-in",
  "mixed",
]);

/** Beside the cases that are asked under load. */
export const coldStart = "cold-start";
