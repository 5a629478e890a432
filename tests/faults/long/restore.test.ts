import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { root } from "../../check/tool.ts";
import { dumpablePostgres } from "../../support/dumpable-postgres.ts";
import { goodPassword } from "../../support/people.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { type Drill, runDrill } from "./restore.ts";

const phaseMs = Number(process.env.SIDECART_DRILL_SECONDS ?? 20) * 1_000;
t.setTimeout(phaseMs * 2 + 400_000);

const minus = (some: Set<string>, others: Set<string>) => [...some].filter((id) => !others.has(id));
const date = new Date().toISOString().slice(0, 10);
const logIn = "mutation($input: LoginInput!) { login(input: $input) { refreshToken } }";
const refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { token } }";
type Tokens = { login: { refreshToken: string } };
const credentials = ({ customer }: Shop) => ({ email: customer.email, password: goodPassword });
const one = (value: number) => value.toFixed(1);

const kinds = ["account", "pending_payment", "paid", "cancelled"] as const;

function evidenceOf({ journal, dumpedAt, lostAt, books, orphans, restored, seconds }: Drill): string {
  const rows = kinds.map((kind) => {
    const [early, all] = [dumpedAt, Number.POSITIVE_INFINITY].map((at) => journal.before(at, kind).size);
    return `| ${kind === "pending_payment" ? "order placed" : kind} | ${early} | ${(all ?? 0) - (early ?? 0)} |`;
  });
  const again = Object.entries(restored.publishedAgain).map(([service, events]) => `${service} ${events}`);
  return `# A restore under traffic, ${date}

\`npm run restore-drill\`: six people buy; \`npm run dump-databases\`; they buy on; every database is emptied; the services are stopped;
\`npm run restore-databases\`; the services start; \`reindex\`. ${availableParallelism()} cores, shared with other work.

| | |
|---|--:|
| from the dump to the loss: what happened in this time is lost (RPO) | ${one((lostAt - dumpedAt) / 1_000)} s |
| the dump, while people buy | ${one(seconds.dump)} s |
| the restore alone, ${books.orders.length} orders | ${one(seconds.restore)} s |
| from the loss to the first order (RTO, without the time that people need) | ${one(seconds.untilOrders)} s |
| from the loss to a complete search | ${one(seconds.untilSearch)} s |
| events published again | ${again.join(", ")} |
| sessions ended | ${restored.endedSessions} |
| reservations of half-done placements in the dump, which expired | ${orphans} |
| dead letters about lost orders, from events still at the broker | ${books.deadLetters.length} |

What clients were told had happened, compared with the restored databases:

| | before the dump: all there | after it: lost |
|---|--:|--:|
${rows.join("\n")}
`;
}

/** What clients were told before the dump is there. */
function nothingElseIsLost(t: Test, { journal, dumpedAt, books }: Drill, inFlight: Set<string>): void {
  const orders = new Map(books.orders.map(({ id, status }) => [id, status]));
  const placed = journal.before(dumpedAt, "pending_payment");
  const cancelled = journal.before(dumpedAt, "cancelled");
  const paid = minus(journal.before(dumpedAt, "paid"), cancelled);
  t.ok(placed.size > 10, `${placed.size} orders before the dump`);
  t.same(minus(placed, new Set(orders.keys())), [], "every order of before the dump is there");
  const uncancelled = [...cancelled].filter((id) => orders.get(id) !== "cancelled");
  t.same(uncancelled, [], "every cancelled one is cancelled");
  const unpaid = paid.filter((id) => orders.get(id) !== "paid" && !inFlight.has(id));
  t.same(unpaid, [], "every paid one is paid");
  const accounts = new Set(books.accounts.map(({ id }) => id));
  t.same(minus(journal.before(dumpedAt, "account"), accounts), [], "every account of before the dump is there");
  t.same(minus(accounts, new Set(books.known.map(({ id }) => id))), [], "orders knows all of them");
}

/** What came after the dump is gone, also from the other services. */
function theRestIsLost(t: Test, { journal, dumpedAt, books }: Drill, inFlight: Set<string>): void {
  const ids = new Set(books.orders.map(({ id }) => id));
  const placed = journal.before(dumpedAt, "pending_payment");
  const late = minus(journal.before(Number.POSITIVE_INFINITY, "pending_payment"), placed);
  t.ok(
    late.some((id) => !ids.has(id)),
    "orders of after the dump are lost",
  );
  const there = late.filter((id) => ids.has(id) && !inFlight.has(id));
  t.same(there, [], "all of them, but those in flight");
  const surprising = books.deadLetters.filter(({ error }) => !/reservation/i.test(error));
  t.same(surprising, [], "dead letters are about the reservations of lost orders");
}

t.test("a restore loses what happened after the dump, and nothing else", async (t) => {
  const { url, programs } = await dumpablePostgres(t);
  Object.assign(process.env, { DATABASE_URL: url, SIDECART_POSTGRES_BIN: programs });
  const env = { SIDECART_LOGIN_RATE_LIMIT: "100000" };
  const shop = await openShop(t, { broker: "redis", products: 6, units: 100_000, env: { gateway: env } });
  const { refreshToken } = (await shop.customer.get<Tokens>(logIn, { input: credentials(shop) })).login;
  const drill = await runDrill(shop, t.testdir(), phaseMs);
  const { journal, dumpedAt } = drill;
  const spans = journal.entries.filter(({ askedAt, at }) => askedAt < dumpedAt && at >= dumpedAt);
  const inFlight = new Set(spans.map(({ id }) => id));
  nothingElseIsLost(t, drill, inFlight);
  theRestIsLost(t, drill, inFlight);
  t.equal(
    await shop.customer.refusal(refresh, { input: { refreshToken } }),
    "INVALID_REFRESH_TOKEN",
    "old sessions have ended",
  );
  await shop.customer.get(logIn, { input: credentials(shop) });
  const file = `docs/evidence/restore-${date}.md`;
  await writeFile(join(root, file), evidenceOf(drill));
  t.comment(file);
});
