import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import { timed } from "../../support/outage.ts";
import { goodPassword } from "../../support/people.ts";
import type { Shop } from "../../support/shop.ts";

type Kind = "log-in" | "orders" | "product" | "placeOrder";
export type Sample = { kind: Kind; phase: string; ms: number; code: string };

const logIn = "mutation($input: LoginInput!) { login(input: $input) { token } }";

/** One request after the other of each kind, until `stopped`. Log-ins pause, because each costs a password hash. */
export function startLoad(
  { customer, products, place }: Shop,
  samples: Sample[],
  phase: () => string,
  stopped: AbortSignal,
) {
  const calls: Record<Kind, () => ReturnType<typeof timed>> = {
    "log-in": () => timed(customer.ask(logIn, { input: { email: customer.email, password: goodPassword } })),
    orders: () => timed(customer.ask("{ orders(first: 5) { nodes { id status } } }")),
    product: () => timed(customer.ask(`{ product(id: "${products[0]}") { name } }`)),
    placeOrder: () => timed(place(randomUUID())),
  };
  const run = async (kind: Kind, pauseMs: number) => {
    while (!stopped.aborted) {
      const began = phase();
      const { ms, code } = await calls[kind]();
      samples.push({ kind, phase: began, ms, code });
      await pause(pauseMs);
    }
  };
  const all: [Kind, number, number][] = [
    ["log-in", 1, 300],
    ["orders", 4, 10],
    ["product", 4, 10],
    ["placeOrder", 2, 20],
  ];
  return Promise.all(all.flatMap(([kind, many, ms]) => Array.from({ length: many }, () => run(kind, ms))));
}

export function rowsOf(samples: Sample[]): string[] {
  const groups = Map.groupBy(samples, ({ kind, phase }) => `${kind} | ${phase}`);
  return [...groups].sort().map(([name, some]) => {
    const times = some.map(({ ms }) => ms).sort((a, b) => a - b);
    const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
    const codes = Map.groupBy(some, ({ code }) => code);
    const counted = [...codes].map(([code, { length }]) => `${code} ${length}`).join(", ");
    return `| ${name} | ${some.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${counted} |`;
  });
}

const secondsSince = (began: number) => ((performance.now() - began) / 1_000).toFixed(1);

/** Pauses and continues catalog under load. Returns the times until the circuit opened and until all was well again. */
export async function runPhases(shop: Shop, phaseMs: number, begin: (phase: string) => void) {
  const enter = (phase: string) => {
    begin(phase);
    return pause(phaseMs);
  };
  const catalog = shop.system.processes.get("catalog");
  const open = async () => {
    const metrics = await (await fetch(`${shop.system.gatewayUrl}/metrics`)).text();
    return /sidecart_circuit_state\{[^}]*callee="catalog"[^}]*\} 2/.test(metrics);
  };
  await enter("warm-up");
  await enter("1 quiet");
  begin("2 catalog hangs, circuits closed");
  catalog?.kill("SIGSTOP");
  const stopped = performance.now();
  await eventually("the gateway's circuit to open", open, 60_000);
  const opened = secondsSince(stopped);
  // Orders has a circuit of its own.
  await eventually("orders' circuit to open", async () => (await timed(shop.place())).ms < 50, 60_000);
  await enter("3 circuits open");
  begin("4 catalog continues");
  catalog?.kill("SIGCONT");
  const continued = performance.now();
  const fine = async () => (await timed(shop.place())).code === "OK" && !(await open());
  await eventually("everything to work", fine, 60_000);
  const back = secondsSince(continued);
  await enter("5 afterwards");
  return { opened, back };
}
