import { isDeepStrictEqual } from "node:util";
import type { Exchange } from "../adapter.ts";
import { currency, orderOf, productOf, type Size } from "../data-set.ts";
import { accountId, orderId, productId } from "./ids.ts";

type Check = Exchange["check"];
export type PlacedCheck = (account: number, product: number) => Check;
type Sized = { size: Size };

type Json = Record<string, unknown>;

export const product =
  (number: number): Check =>
  (reply) =>
    differs(dataOf(reply).product, productExpected(number), productShape);

/** The newest products first. */
export const products =
  ({ size }: Sized, first: number): Check =>
  (reply) => {
    const expected = Array.from({ length: first }, (_, place) => productExpected(size.products - place));
    return listDiffers(nodesOf(reply, "products"), expected, productShape);
  };

/** The orders of the data set unchanged. Orders that were placed later come first and are not checked. */
export const orders =
  ({ size }: Sized, numbers: number[]): Check =>
  (reply) => {
    const all = nodesOf(reply, "orders");
    if (!Array.isArray(all) || all.length < numbers.length) return `not ${numbers.length} orders`;
    const known = all.filter(({ id }) => id <= orderId(size.orders));
    const expected = numbers.slice(0, known.length).map((number) => headExpected(number, size));
    return (
      listDiffers(known, expected, orderShape) ??
      listDiffers(
        all.slice(0, all.length - known.length),
        all.slice(known.length).map(() => ({ currency, quantity: 1 })),
        placedShape,
      )
    );
  };

export const order =
  ({ size }: Sized, number: number): Check =>
  (reply) => {
    const { account, lines } = orderOf(number, size);
    const orderProducts = lines
      .map(({ product, quantity, price }) => lineExpected(product, quantity, price))
      .sort((one, two) => (one.productId < two.productId ? -1 : 1));
    const expected = { ...headExpected(number, size), userId: accountId(account), orderProducts };
    return differs(dataOf(reply).order, expected, orderShape);
  };

export const placed: PlacedCheck = (account, number) => (reply) => {
  const { price } = productOf(number);
  const orderProducts = [lineExpected(number, 1, price)];
  const head = { userId: accountId(account), status: "PENDING_PAYMENT", quantity: 1, priceTotal: price, currency };
  return differs(dataOf(reply).placeOrder, { ...head, orderProducts }, { id: isId });
};

export const placedOrRefused: PlacedCheck = (account, number) => {
  const right = placed(account, number);
  return (reply) => (JSON.parse(reply).errors?.[0]?.extensions?.code === "OUT_OF_STOCK" ? undefined : right(reply));
};

export const isOrder = (reply: string): boolean => reply.includes('"status":"PENDING_PAYMENT"');

export const wordsOf = (number: number) => productOf(number).name.split(" ").slice(0, 2).join(" ");

/** The first result is an unchanged product with both words. */
export const found =
  (number: number): Check =>
  (reply) => {
    const { totalCount, nodes } = (dataOf(reply).searchProducts ?? {}) as {
      totalCount: number;
      nodes: (Json & { name: string })[];
    };
    const [best] = nodes ?? [];
    if (!best?.name.startsWith(wordsOf(number))) return `the best match for ${wordsOf(number)} is ${best?.name}`;
    if (totalCount < nodes.length) return `totalCount is ${totalCount}, but the page has ${nodes.length}`;
    return listDiffers(
      nodes,
      nodes.map(({ name }) => productExpected(Number(name.split(" ").at(-1)))),
      productShape,
    );
  };

export const suggested =
  (word: string): Check =>
  (reply) => {
    const all = dataOf(reply).suggestProducts as string[];
    const good = all?.some((one) => one.toLowerCase().startsWith(word.toLowerCase()));
    return good ? undefined : `no completion is ${word}`;
  };

export const loggedIn: Check = (reply) =>
  differs(dataOf(reply).login, {}, { token: isText, refreshToken: isText, expiresIn: (value) => Number(value) > 0 });

type Shape = Record<string, (value: unknown) => boolean>;
const isText = (value: unknown) => typeof value === "string" && value.length > 0;
const isId = (value: unknown) => /^[0-9a-f-]{36}$/.test(String(value));
const isTime = (value: unknown) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const productShape: Shape = { stock: (value) => Number.isInteger(value) && Number(value) >= 0 };
const orderShape: Shape = { createdAt: isTime };
const placedShape: Shape = { ...orderShape, id: isId, status: isText, priceTotal: Number.isInteger };

const productExpected = (number: number) => ({ id: productId(number), ...productOf(number) });
const headExpected = (number: number, size: Size) => {
  const { quantity, total } = orderOf(number, size);
  return { id: orderId(number), status: "PAID", quantity, priceTotal: total, currency };
};
const lineExpected = (number: number, quantity: number, price: number) => ({
  productId: productId(number),
  name: productOf(number).name,
  quantity,
  price,
});

/** The data of a response; empty when there is none or when there are errors, so that every check fails. */
function dataOf(reply: string): Json {
  const { data, errors } = JSON.parse(reply) as { data?: Json | null; errors?: unknown };
  return errors ? {} : (data ?? {});
}

/** The rows of a list in a response. */
const nodesOf = (reply: string, list: string): unknown =>
  (dataOf(reply)[list] as { nodes?: unknown } | undefined)?.nodes;

/** Compares an object: fields in `shape` must match their predicate, other fields must equal `expected`; no extra fields. */
function differs(value: unknown, expected: Json, shape: Shape): string | undefined {
  if (typeof value !== "object" || value === null) return "an object is missing";
  const rest: Json = { ...value };
  for (const [name, good] of Object.entries(shape)) {
    if (!good(rest[name])) return `${name} is ${JSON.stringify(rest[name])}`;
    delete rest[name];
  }
  return isDeepStrictEqual(rest, expected) ? undefined : `not ${JSON.stringify(expected)}`;
}

function listDiffers(values: unknown, expected: Json[], shape: Shape): string | undefined {
  if (!Array.isArray(values)) return "no list";
  if (values.length !== expected.length) return `${values.length} rows, not ${expected.length}`;
  for (const [place, value] of values.entries()) {
    const problem = differs(value, expected[place] ?? {}, shape);
    if (problem) return `row ${place}: ${problem}`;
  }
}
