import { isDeepStrictEqual } from "node:util";
import { orderOf, productOf, type Size } from "../../data-set.ts";
import { apiIdOf } from "./ids.ts";

type Product = { id: string; name: string; description: string; price: number; stock: number };
type OrderHead = { id: string; user_id: string; price_total: number; quantity: number };
type Order = OrderHead & { order_products: { product_id: string; quantity: number; price: number }[] };
type Answer<T> = { data: T | null; errors?: { message: string }[] };

const soldOut = /is out of stock$/;

export function checkProduct(reply: string, number: number): string | undefined {
  const { data } = answerOf<{ product: Product }>(reply);
  return data && isProduct(data.product, number) ? undefined : `not product ${number}`;
}

export function checkProducts(reply: string, size: Size): string | undefined {
  const given = answerOf<{ products: Product[] }>(reply).data?.products;
  if (given?.length !== size.products) return `${given?.length} products, not ${size.products}`;
  const byId = new Map(given.map((product) => [product.id, product]));
  for (let number = 1; number <= size.products; number += 1)
    if (!isProduct(byId.get(apiIdOf("product", number)), number)) return `product ${number} is missing or changed`;
  return undefined;
}

export function checkOrders(reply: string, size: Size): string | undefined {
  const given = answerOf<{ orders: OrderHead[] }>(reply).data?.orders;
  if (given?.length !== size.orders) return `${given?.length} orders, not ${size.orders}`;
  const byId = new Map(given.map((order) => [order.id, order]));
  for (let number = 1; number <= size.orders; number += 1) {
    const wanted = headOf(number, size);
    if (!isDeepStrictEqual(byId.get(wanted.id), wanted)) return `order ${number} is missing or changed`;
  }
  return undefined;
}

export function checkOrder(reply: string, number: number, size: Size): string | undefined {
  const wanted: Order = {
    ...headOf(number, size),
    order_products: orderOf(number, size).lines.map(({ product, quantity, price }) => ({
      product_id: apiIdOf("product", product),
      quantity,
      price,
    })),
  };
  const { data } = answerOf<{ order: Order }>(reply);
  return isDeepStrictEqual(data?.order, wanted) ? undefined : `not order ${number}`;
}

/** An order of one unit for the buyer, or a rejection because the stock is empty. */
export function checkPlaced(reply: string, account: number, product: number): string | undefined {
  const { data, errors } = answerOf<{ placeOrder: Order }>(reply);
  if (errors) return errors.every(({ message }) => soldOut.test(message)) ? undefined : "refused";
  const { price } = productOf(product);
  const { id, ...order } = data?.placeOrder ?? { id: "" };
  const wanted = {
    user_id: apiIdOf("user", account),
    price_total: price,
    quantity: 1,
    order_products: [{ product_id: apiIdOf("product", product), quantity: 1, price }],
  };
  return id && isDeepStrictEqual(order, wanted) ? undefined : "not the requested order";
}

export const isPlaced = (reply: string) => answerOf<{ placeOrder: Order }>(reply).errors === undefined;

export function checkToken(reply: string): string | undefined {
  const token = answerOf<{ login: { token: string } }>(reply).data?.login.token;
  return token?.split(".").length === 3 ? undefined : "no token";
}

function isProduct(given: Product | undefined, number: number): boolean {
  if (!given) return false;
  const { stock, ...rest } = given;
  return Number.isInteger(stock) && isDeepStrictEqual(rest, { id: apiIdOf("product", number), ...productOf(number) });
}

function headOf(number: number, size: Size): OrderHead {
  const { account, quantity, total } = orderOf(number, size);
  return { id: apiIdOf("order", number), user_id: apiIdOf("user", account), price_total: total, quantity };
}

const answerOf = <T>(reply: string) => JSON.parse(reply) as Answer<T>;
