import pg from "pg";
import { currency, emailOf, orderOf, productOf, type Size, unitsInStock, usernameOf } from "../data-set.ts";
import { accountId, orderId, productId, reservationId } from "./ids.ts";

const rowsAtOnce = 10_000;

/** Writes the data set to empty databases. */
export async function fillCatalog(url: string, size: Size): Promise<void> {
  await filling(url, async (insert) => {
    await insert(
      size.products,
      `insert into products (id, name, description, price, currency, category, on_hand, created_at, updated_at)
       select id, name, description, price, '${currency}', 'goods', ${unitsInStock}, now(), now() from rows
         as r(id uuid, name text, description text, price bigint)`,
      (number) => ({ id: productId(number), ...productOf(number) }),
    );
    await insert(
      size.orders,
      `insert into reservations (id, status, lines, created_at, closed_at)
       select id, 'sold', lines, now(), now() from rows as r(id uuid, lines jsonb)`,
      (number) => ({ id: reservationId(number), lines: linesOf(number, size) }),
    );
  });
}

export async function fillOrders(url: string, size: Size): Promise<void> {
  const header = (number: number) => {
    const { account, quantity, total } = orderOf(number, size);
    return { id: orderId(number), account_id: accountId(account), quantity, total, reservation: reservationId(number) };
  };
  await filling(url, async (insert) => {
    await insert(
      size.accounts,
      "insert into known_accounts (id, username, version) select id, name, 1 from rows as r(id uuid, name text)",
      (number) => ({ id: accountId(number), name: usernameOf(number) }),
    );
    await insert(
      size.orders,
      `insert into orders (id, account_id, status, payment_status, quantity, price_total, currency, reservation_id,
         request_hash, version, created_at, updated_at)
       select id, account_id, 'paid', 'paid', quantity, total, '${currency}', reservation, '', 2, now(), now()
       from rows as r(id uuid, account_id uuid, quantity int, total bigint, reservation uuid)`,
      header,
    );
    await insert(
      size.orders,
      `insert into order_lines (order_id, product_id, name, quantity, price)
       select id, l."productId", l.name, l.quantity, l.price from rows as r(id uuid, lines jsonb),
         jsonb_to_recordset(lines) as l("productId" uuid, name text, quantity int, price bigint)`,
      (number) => ({ id: orderId(number), lines: linesOf(number, size) }),
    );
    await insert(
      size.orders,
      `insert into order_transitions (order_id, version, from_status, to_status, actor, reason, at)
       select id, version, from_status, to_status, 'bench', '', now() from rows as r(id uuid),
         (values (1, '', 'pending_payment'), (2, 'pending_payment', 'paid')) as t(version, from_status, to_status)`,
      (number) => ({ id: orderId(number) }),
    );
  });
}

/** All accounts have the same password and `passwordHash`. */
export async function fillAccounts(url: string, size: Size, passwordHash: string): Promise<void> {
  await filling(url, async (insert) => {
    await insert(
      size.accounts,
      `insert into accounts (id, email, email_key, username, roles, created_at, updated_at)
       select id, email, email, name, '{customer}', now(), now() from rows as r(id uuid, email text, name text)`,
      (number) => ({ id: accountId(number), email: emailOf(number), name: usernameOf(number) }),
    );
    await insert(
      size.accounts,
      `insert into credentials (account_id, password_hash, changed_at)
       select id, hash, now() from rows as r(id uuid, hash text)`,
      (number) => ({ id: accountId(number), hash: passwordHash }),
    );
  });
}

type Insert = (count: number, statement: string, row: (number: number) => object) => Promise<void>;

/** In a statement, `rows` is one batch of rows. */
async function filling(url: string, fill: (insert: Insert) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fill(async (count, statement, row) => {
      for (let from = 1; from <= count; from += rowsAtOnce) {
        const length = Math.min(rowsAtOnce, count - from + 1);
        const batch = JSON.stringify(Array.from({ length }, (_, place) => row(from + place)));
        await client.query(statement.replace("from rows", "from jsonb_to_recordset($1::jsonb)"), [batch]);
      }
    });
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

function linesOf(number: number, size: Size) {
  return orderOf(number, size).lines.map(({ product, quantity, price }) => {
    const { name } = productOf(product);
    return { productId: productId(product), quantity, price, currency, name, partnerId: null };
  });
}
