import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Adapter, PrepareOptions, System } from "../adapter.ts";
import { emailOf, password } from "../data-set.ts";
import { data, logIn } from "./ary82-microservices/api.ts";
import { StockBooks } from "./ary82-microservices/books.ts";
import { type Buyer, cases, notes, type World } from "./ary82-microservices/cases.ts";
import { closeDatabases, openDatabases } from "./ary82-microservices/databases.ts";
import { fill, restore } from "./ary82-microservices/fill.ts";

const buyersAtMost = 16;

/**
 * github.com/ary82/microservices: Go services behind a GraphQL API (`--vs` is the URL of /query). It must be running. The
 * environment contains its database variables, and PIDS_FOLDER: a folder with a pid file for each process.
 */
export const adapter: Adapter<World> = { name: "go", prepare, cases, notes };

async function prepare(options: PrepareOptions): Promise<System<World>> {
  const { url, size, say } = options;
  if (!url) throw new Error("start it first, and set --vs to the URL of its /query");
  rejectLongLists(options);
  const databases = await openDatabases();
  say("filling its databases");
  await fill(url, databases, size);
  const books = new StockBooks(databases);
  await books.open();
  const buyers: Buyer[] = [];
  for (let account = 1; account <= Math.min(size.accounts, buyersAtMost); account += 1) {
    const { login } = await data<{ login: { token: string } }>(url, logIn, {
      input: { email: emailOf(account), password },
    });
    buyers.push({ account, token: login.token });
  }
  return {
    world: { url, size, buyers },
    processes,
    settled: () => books.settled(),
    audit: () => books.read(),
    stock: (product, units) => books.setStock(product, units),
    restore: async () => {
      await restore(databases, size);
      await books.open();
    },
    stop: () => closeDatabases(databases),
  };
}

/** Its lists have no pages, so they are comparable only with a page of ours that contains all rows. */
function rejectLongLists({ size, cases: wanted }: PrepareOptions): void {
  const longest = [
    ["products", 1_000],
    ["orders", 500],
  ] as const;
  for (const [name, most] of longest)
    if (wanted.includes(name) && size[name] > most)
      throw new Error(`${name} has no pages: set --${name} ${most}, or exclude the case with --only`);
}

function processes(): Map<string, number> {
  const folder = process.env.PIDS_FOLDER;
  if (!folder) return new Map();
  return new Map(readdirSync(folder).map((name) => [name, Number(readFileSync(join(folder, name), "utf8"))]));
}
