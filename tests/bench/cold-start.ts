import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { type Launched, launch } from "@sidecart/local/launch";
import { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { temporaryHome } from "../support/temporary-home.ts";
import { pidsOf, type Usage, watch } from "./processes.ts";

export type ColdStart = { what: string; ms: number };
/** The resource use of each process without load. */
export type AtRest = { seconds: number; usage: Record<string, Usage> };

const retryEveryMs = 25;
const withinMs = 60_000;
/** The wait after the last response, so that background work has finished. */
const calmMs = 10_000;
const restSeconds = 20;
type Good = () => Promise<boolean>;

/**
 * Measures the time from the start of processes to the first successful response: of the whole system, without and with
 * data, and of each restarted app. It also measures the resource use of the whole system without load.
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
    const answers = `query { products(first: 1) { nodes { id } } }`;
    await note(
      "whole system, first start",
      untilGood(began, () => isGood(new Person(system.gatewayUrl), answers)),
    );
    await fillAndStop(system);
    const again = performance.now();
    system = await start();
    await note(
      "whole system, later start",
      untilGood(again, () => isGood(new Person(system.gatewayUrl), answers)),
    );
    const atRest = await resting(system);
    for (const [app, good] of Object.entries(await requestsOf(system))) await note(app, restarted(system, app, good));
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

/** A request that needs the app, for each app. */
async function requestsOf({ gatewayUrl }: Launched): Promise<Record<string, Good>> {
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

/** Repeats the request without waiting for responses, because sidecars delay a response while they retry. */
function untilGood(began: number, good: Good): Promise<number> {
  return new Promise((resolve, reject) => {
    const ask = () =>
      good().then(
        (answer) => answer && done(() => resolve(performance.now() - began)),
        () => {},
      );
    const asking = setInterval(ask, retryEveryMs);
    const late = setTimeout(() => done(() => reject(new Error("timeout: no successful response"))), withinMs);
    const done = (end: () => void) => {
      clearInterval(asking);
      clearTimeout(late);
      end();
    };
  });
}
