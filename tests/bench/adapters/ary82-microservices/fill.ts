import {
  emailOf,
  type Order,
  orderOf,
  password,
  productOf,
  type Size,
  unitsInStock,
  usernameOf,
} from "../../data-set.ts";
import { data, registerUser } from "./api.ts";
import type { Databases } from "./databases.ts";
import { uuidOf } from "./ids.ts";

const rowsAtOnce = 10_000;

/** Writes the data set to its databases, and deletes all other rows. It uses SQL, because the API accepts one row per call. */
export async function fill(url: string, databases: Databases, size: Size): Promise<void> {
  await Promise.all([fillUsers(url, databases, size), fillProducts(databases, size), fillOrders(databases, size)]);
  await Promise.all(Object.values(databases).map((database) => database.query("analyze")));
}

/** Deletes the rows that its API has created since (they have higher ids), and vacuums the tables. */
export async function restore({ products, orders }: Databases, size: Size): Promise<void> {
  const last = uuidOf("order", size.orders);
  await orders.query("delete from order_products where order_id > $1", [last]);
  await orders.query("delete from orders where id > $1", [last]);
  await products.query("update products set stock = $1 where stock <> $1", [unitsInStock]);
  await Promise.all([orders, products].map((database) => database.query("vacuum analyze")));
}

// The first user registers through the API to obtain a password hash. All users have the same password.
async function fillUsers(url: string, { users }: Databases, { accounts }: Size): Promise<void> {
  await users.query("truncate users");
  const input = { email: emailOf(1), username: usernameOf(1), password, type: 0 };
  await data(url, registerUser, { input });
  await users.query("update users set id = $1", [uuidOf("user", 1)]);
  for (const numbers of chunks(accounts).map((chunk) => chunk.filter((number) => number > 1))) {
    const rows = numbers.map((number) => ({
      id: uuidOf("user", number),
      username: usernameOf(number),
      email: emailOf(number),
    }));
    await users.query(
      `insert into users (id, username, email, salt, pass_hash, user_type, created_at)
       select r.id, r.username, r.email, first.salt, first.pass_hash, first.user_type, first.created_at
       from jsonb_to_recordset($1) as r (id uuid, username text, email text), users first where first.email = $2`,
      [JSON.stringify(rows), emailOf(1)],
    );
  }
}

async function fillProducts({ products }: Databases, size: Size): Promise<void> {
  await products.query("truncate products");
  for (const numbers of chunks(size.products)) {
    const rows = numbers.map((number) => ({
      id: uuidOf("product", number),
      ...productOf(number),
      stock: unitsInStock,
    }));
    await products.query(
      `insert into products (id, name, description, price, stock, created_at)
       select r.*, now() from jsonb_to_recordset($1)
         as r (id uuid, name text, description text, price int, stock int)`,
      [JSON.stringify(rows)],
    );
  }
}

async function fillOrders({ orders }: Databases, size: Size): Promise<void> {
  await orders.query("truncate orders, order_products");
  for (const numbers of chunks(size.orders)) {
    await orders.query(
      `with given as (
         select * from jsonb_to_recordset($1) as r (id uuid, user_id uuid, quantity int, total int, lines jsonb)
       ), placed as (
         insert into orders (id, user_id, total_quantity, price_total, created_at)
         select id, user_id, quantity, total, now() from given
       )
       insert into order_products (id, order_id, product_id, price, quantity)
       select l.id, given.id, l.product_id, l.price, l.quantity
       from given, jsonb_to_recordset(lines) as l (id uuid, product_id uuid, price int, quantity int)`,
      [JSON.stringify(numbers.map((number) => orderRow(number, orderOf(number, size))))],
    );
  }
}

const orderRow = (number: number, { account, quantity, total, lines }: Order) => ({
  id: uuidOf("order", number),
  user_id: uuidOf("user", account),
  quantity,
  total,
  lines: lines.map(({ product, price, quantity }, index) => ({
    id: uuidOf("line", number * lines.length + index),
    product_id: uuidOf("product", product),
    price,
    quantity,
  })),
});

/** The numbers 1 … count, in chunks of one statement. */
function chunks(count: number): number[][] {
  const pieces: number[][] = [];
  for (let from = 1; from <= count; from += rowsAtOnce)
    pieces.push(Array.from({ length: Math.min(rowsAtOnce, count - from + 1) }, (_, index) => from + index));
  return pieces;
}
