import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Launched, launch } from "@sidecart/local/launch";
import { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { temporaryHome } from "../support/temporary-home.ts";
import { pidsOf, type Usage, watch } from "./processes.ts";

export type ColdStart = { what: string; ms: number };
/** What each process uses while nobody asks for anything. */
export type AtRest = { seconds: number; usage: Record<string, Usage> };

const askEveryMs = 25;
const withinMs = 60_000;
/** After the last reply, until whatever it began is over. */
const calmMs = 10_000;
const restSeconds = 20;
type Good = () => Promise<boolean>;

/**
 * From starting processes to the first good reply: of all there is, on nothing and on what is there; then of each app alone.
 * In between, what all there is uses at rest.
 */
export async function coldStarts(): Promise<{ starts: ColdStart[]; atRest: AtRest }> {
  const home = await temporaryHome("bench");
  const end = new AbortController();
  const abort = () => end.abort();
  process.once("exit", abort);
  const start = () => launch({ instance: "cold", home, logLevel: "warn", killSignal: end.signal });
  const starts: ColdStart[] = [];
  const note = async (what: string, ms: Promise<number>) => void starts.push({ what, ms: await ms });
  const began = performance.now();
  let system = await start();
  try {
    const answers = `query { products(first: 1) { id } }`;
    await note(
      "everything, for the first time",
      untilGood(began, () => isGood(new Person(system.gatewayUrl), answers)),
    );
    await fillAndStop(system);
    const again = performance.now();
    system = await start();
    await note(
      "everything, again",
      untilGood(again, () => isGood(new Person(system.gatewayUrl), answers)),
    );
    const atRest = await resting(system);
    for (const [app, good] of Object.entries(await needsOf(system))) await note(app, restarted(system, app, good));
    return { starts, atRest };
  } finally {
    await system.stop();
    process.off("exit", abort);
    await rm(home, { recursive: true, force: true });
  }
}

async function resting(system: Launched): Promise<AtRest> {
  await pause(calmMs);
  const watched = watch(pidsOf(system));
  await pause(restSeconds * 1_000);
  return { seconds: restSeconds, usage: watched.stop() };
}

async function fillAndStop(system: Launched): Promise<void> {
  await newProduct(await admin(system.gatewayUrl));
  await system.stop();
}

/** What each app must be there for. */
async function needsOf({ gatewayUrl }: Launched): Promise<Record<string, Good>> {
  const boss = await admin(gatewayUrl);
  const productId = await newProduct(boss);
  const customer = await newCustomer(gatewayUrl);
  const input = { orderProducts: [{ productId, quantity: 1 }] };
  const order = (await customer.get<{ placeOrder: { id: string } }>(placeOrder, { input })).placeOrder;
  const product = { query: "query($id: ID!) { product(id: $id) { stock } }", variables: { id: productId } };
  return {
    accounts: () => isGood(customer, "query { me { email } }"),
    catalog: () => isGood(customer, product.query, product.variables),
    orders: () => isGood(customer, "query($id: ID!) { order(id: $id) { status } }", order),
    gateway: () => isGood(customer, product.query, product.variables),
  };
}

async function isGood(person: Person, query: string, variables: Record<string, unknown> = {}): Promise<boolean> {
  const { data, errors } = await person.ask(query, variables);
  return errors.length === 0 && Object.values(data ?? {}).every((value) => value !== null);
}

async function restarted(system: Launched, app: string, good: Good): Promise<number> {
  await system.kill(app, "SIGTERM");
  const began = performance.now();
  const [ms] = await Promise.all([untilGood(began, good), system.start(app)]);
  return ms;
}

/** Asks again and again without waiting for answers, since the sidecars hold a call back while they try it again. */
function untilGood(began: number, good: Good): Promise<number> {
  return new Promise((resolve, reject) => {
    const ask = () =>
      good().then(
        (answer) => answer && done(() => resolve(performance.now() - began)),
        () => {},
      );
    const asking = setInterval(ask, askEveryMs);
    const late = setTimeout(() => done(() => reject(new Error("no good reply came"))), withinMs);
    const done = (end: () => void) => {
      clearInterval(asking);
      clearTimeout(late);
      end();
    };
  });
}
