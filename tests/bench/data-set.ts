/** The size of a data set. Every row is derived from its number, counted from 1, so that every response can be checked. */
export type Size = {
  products: number;
  orders: number;
  /** Accounts that have orders from the start. */
  owners: number;
  /** Accounts that place orders: at least 1,000, because orders of one account wait for each other. */
  accounts: number;
};

/** Orders per account: enough for the longest requested page. */
const ordersEach = 500;
const buyers = 1_000;
export const unitsInStock = 1_000_000;
export const currency = "EUR";

const ownersOf = (orders: number) => Math.max(1, Math.floor(orders / ordersEach));

/** There is one owner per 500 orders. The orders of each account are spread over the whole table. */
export const sizeOf = (products: number, orders: number): Size => ({
  products,
  orders,
  owners: ownersOf(orders),
  accounts: Math.max(buyers, ownersOf(orders)),
});

const adjectives = ["Amber", "Brisk", "Coarse", "Dusky", "Early", "Faded", "Gentle", "Hollow", "Iron", "Jolly"];
const nouns = ["Basket", "Candle", "Drawer", "Easel", "Funnel", "Goblet", "Hammer", "Inkwell", "Jacket", "Kettle"];
const description = "Made by hand in small numbers, sent in paper and straw, and taken back within thirty days.";

export type Product = { name: string; description: string; price: number };

export const productOf = (number: number): Product => ({
  name: `${adjectives[number % 10]} ${nouns[Math.floor(number / 10) % 10]} ${number}`,
  description,
  price: priceOf(number),
});

/** In minor units. */
const priceOf = (number: number) => 100 + ((number * 37) % 9_000);

export const emailOf = (account: number) => `buyer-${account}@example.com`;
export const usernameOf = (account: number) => `Buyer ${account}`;
export const password = "a long enough pass phrase";

type Line = { product: number; quantity: number; price: number };
export type Order = { account: number; quantity: number; total: number; lines: Line[] };

/** Each order has two different products at their current price. */
export function orderOf(number: number, { products, owners }: Size): Order {
  const first = ((number * 7) % products) + 1;
  const second = ((first + (number % (products - 1))) % products) + 1;
  const lines = [
    { product: first, quantity: 1 + (number % 3), price: priceOf(first) },
    { product: second, quantity: 1, price: priceOf(second) },
  ];
  return {
    account: (number % owners) + 1,
    quantity: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    total: lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0),
    lines,
  };
}

/** The numbers of an account's orders, newest first. */
export function ordersOf(account: number, { orders, owners }: Size): number[] {
  const numbers: number[] = [];
  const newest = orders - ((orders - (account - 1)) % owners);
  for (let number = newest; number > 0; number -= owners) numbers.push(number);
  return numbers;
}
