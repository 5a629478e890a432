import pg from "pg";

/** Clients of its three databases, at the addresses in its environment variables. */
export type Databases = { users: pg.Client; products: pg.Client; orders: pg.Client };

export async function openDatabases(): Promise<Databases> {
  const [users, products, orders] = await Promise.all([
    connected("USERS_SERVICE_DB_URL"),
    connected("PRODUCTS_SERVICE_DB_URL"),
    connected("ORDERS_SERVICE_DB_URL"),
  ]);
  return { users, products, orders };
}

export async function closeDatabases({ users, products, orders }: Databases): Promise<void> {
  await Promise.all([users.end(), products.end(), orders.end()]);
}

async function connected(name: string): Promise<pg.Client> {
  const connectionString = process.env[name];
  if (!connectionString) throw new Error(`${name} is not set: use the value of the running service`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
