import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Launched } from "@sidecart/local/launch";
import { environmentOf } from "../../support/direct.ts";
import { eventually } from "../../support/eventually.ts";
import { placeOrder } from "../../support/people.ts";
import type { Shop } from "../../support/shop.ts";

/** Counters every five seconds, by series. `begins` is the place of the sample before the incident. */
export type Recording = { everySeconds: number; begins: number; series: Record<string, number[]> };
type Send = () => Promise<unknown>;
export type Incident = {
  name: string;
  /** Sent in turn. Empty: no traffic. */
  calm: Send[];
  during: Send[];
  /** Breaks something; returns what ends it. */
  breaks(shop: Shop): Promise<() => Promise<unknown>>;
};

const everySeconds = 5;
const calmSamples = 5;
const incidentSamples = 8;
const requestsPerSecond = 20;
const recorded = /^(sidecart_operation\w+|dapr_component_output_binding_count)\{(.*)\} (\d+)/gm;

/** Requests start on time whether or not earlier ones have ended, as those of people do. */
function openLoop(sends: () => Send[]): () => void {
  let sent = 0;
  const timer = setInterval(() => {
    const list = sends();
    // A request that fails is counted by the gateway.
    list[sent % list.length]?.().catch(() => {});
    sent += 1;
  }, 1_000 / requestsPerSecond);
  return () => clearInterval(timer);
}

export async function record(shop: Shop, { calm, during, breaks }: Incident): Promise<Recording> {
  const samples: Map<string, number>[] = [];
  let sends = calm;
  const stop = openLoop(() => sends);
  const sampleFor = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      await pause(everySeconds * 1_000);
      samples.push(await countersOf(shop.system));
    }
  };
  await sampleFor(calmSamples);
  sends = during;
  const end = await breaks(shop);
  await sampleFor(incidentSamples);
  stop();
  await end();
  await recovered(shop.system);
  return { everySeconds, begins: calmSamples - 1, series: seriesOf(samples) };
}

/** Waits until everything works again and circuits have closed, without an operation that would count. */
export async function recovered({ gatewayUrl }: Launched): Promise<void> {
  const well = async () => ((await (await fetch(`${gatewayUrl}/readyz`)).json()) as { status: string }).status === "ok";
  await eventually("all services to respond", well, 60_000);
  await pause(3_000);
}

/** The gateway's counters, and how the sidecars' components did. */
async function countersOf(system: Launched): Promise<Map<string, number>> {
  const { SIDECART_METRICS_PORT } = environmentOf(system, "gateway");
  const ports = [SIDECART_METRICS_PORT, ...["accounts", "catalog", "orders"].map((app) => sidecarPort(system, app))];
  const texts = await Promise.all(
    ports.map(async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text().catch(() => "")),
  );
  const found = new Map<string, number>();
  for (const [, name = "", labels = "", value] of texts.join("\n").matchAll(recorded)) {
    const kept = labels.split(",").filter((label) => /^(operation|outcome|code|app_id|component|success)=/.test(label));
    const key = `${name}{${kept.sort().join(",")}}`;
    found.set(key, (found.get(key) ?? 0) + Number(value));
  }
  return found;
}

function sidecarPort({ processes }: Launched, app: string): string {
  const args = processes.get(`${app}-dapr`)?.spec.args ?? [];
  return args[args.indexOf("--metrics-port") + 1] ?? "";
}

/** Values since the first sample. Series that stay at 0 are left out. */
function seriesOf(samples: Map<string, number>[]): Recording["series"] {
  const names = [...new Set(samples.flatMap((sample) => [...sample.keys()]))].sort();
  const all = names.map((name) => {
    const values = samples.map((sample) => sample.get(name) ?? 0);
    return [name, values.map((value) => value - (values[0] ?? 0))] as const;
  });
  return Object.fromEntries(all.filter(([, values]) => values.some((value) => value > 0)));
}

const everything = "application/graphql-response+json";

/** What people do in a shop. */
export function ordinary({ system, customer, products, place }: Shop): Record<string, Send> {
  const [first] = products;
  return {
    product: () => customer.ask(`{ product(id: "${first}") { name stock } }`),
    search: () => customer.ask('{ searchProducts(query: "thing", first: 3) { totalCount } }'),
    orders: () => customer.ask("{ orders(first: 5) { nodes { id status } } }"),
    me: () => customer.ask("{ me { username } }"),
    place: () => place(randomUUID()),
    // A page that shows a product and who is logged in: a part may fail alone.
    page: () =>
      fetch(`${system.gatewayUrl}/graphql`, {
        method: "POST",
        headers: {
          accept: everything,
          "content-type": "application/json",
          authorization: `Bearer ${customer.token}`,
        },
        body: JSON.stringify({ query: `{ product(id: "${first}") { name } user(id: "${customer.id}") { username } }` }),
        signal: AbortSignal.timeout(20_000),
      }).then((response) => response.text()),
  };
}

/** What people type by mistake, and what bots try. */
export function mistakes({ customer, products }: Shop): Send[] {
  const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const wrong = { input: { email: customer.email, password: "a wrong pass phrase" } };
  const nothing = { orderProducts: [{ productId: products[0], quantity: 0 }], idempotencyKey: randomUUID() };
  return [
    () => customer.ask("{ product(id: 1"),
    () => customer.ask("{ nothing }"),
    () => customer.ask('{ product(id: "x") { name } }'),
    () => customer.ask('{ searchProducts(query: "thing", after: "x") { totalCount } }'),
    () => customer.ask(placeOrder, { input: nothing }),
    () => customer.ask(placeOrder, { input: { ...nothing, orderProducts: [] } }),
    () => customer.ask('{ order(id: "019a0000-0000-7000-8000-000000000009") { id } }'),
    () => customer.ask(logIn, wrong),
  ];
}

/**
 * Gives a process very little time, as a CPU limit that is too low does: its event loop gets a turn every four seconds.
 * Returns what ends it.
 */
export function starve(system: Launched, name: string): () => Promise<void> {
  const target = system.processes.get(name);
  const end = new AbortController();
  const run = (async () => {
    while (!end.signal.aborted) {
      target?.kill("SIGSTOP");
      await pause(4_000);
      target?.kill("SIGCONT");
      await pause(30);
    }
  })();
  return async () => {
    end.abort();
    await run;
  };
}
