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
 * github.com/ary82/microservices: services in Go behind a GraphQL API (`--vs` names its /query). It must be running; the
 * environment has its databases by the names that it uses itself, and in PIDS_FOLDER a file for each process with its id.
 */
export const adapter: Adapter<World> = { name: "go", prepare, cases, notes };

async function prepare(options: PrepareOptions): Promise<System<World>> {
  const { url, size, say } = options;
  if (!url) throw new Error("start it first, and give its /query with --vs");
  refuseLongLists(options);
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

/** Its lists have no pages: they are held against a page of ours only where that holds all there is. */
function refuseLongLists({ size, cases: wanted }: PrepareOptions): void {
  const longest = [
    ["products", 1_000],
    ["orders", 500],
  ] as const;
  for (const [name, most] of longest)
    if (wanted.includes(name) && size[name] > most)
      throw new Error(`${name} has no pages: say --${name} ${most}, or leave the case out with --only`);
}

function processes(): Map<string, number> {
  const folder = process.env.PIDS_FOLDER;
  if (!folder) return new Map();
  return new Map(readdirSync(folder).map((name) => [name, Number(readFileSync(join(folder, name), "utf8"))]));
}
