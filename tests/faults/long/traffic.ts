import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../../support/graphql.ts";
import type { Random } from "../../support/random.ts";
import type { Placed, Shop } from "../../support/shop.ts";

type Placement = { key: string; product: string; quantity: number };

/** Codes after which the outcome of a command is unknown. */
const undecided = ["UNAVAILABLE", "TIMEOUT", "NO ANSWER"];
/** Codes that clients may receive. */
const expected = [...undecided, "OK", "OUT_OF_STOCK", "ILLEGAL_TRANSITION"];

/** Users who place, pay and cancel orders at random, and the responses they received. */
export class Traffic {
  /** The number of responses with each code. */
  readonly answers = new Map<string, number>();
  /** The orders that users received, by idempotency key. */
  readonly placed = new Map<string, string>();
  /** Placements with an unknown outcome, to be retried. */
  readonly open: Placement[] = [];
  readonly #shop: Shop;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  get unexpected(): string[] {
    return [...this.answers.keys()].filter((code) => !expected.includes(code));
  }

  /** One user, who acts until `stopped`. */
  async run(random: Random, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) await this.#act(random);
  }

  /** Retries placements with an unknown outcome. Returns true when none is left. */
  async settle(): Promise<boolean> {
    const wishes = this.open.splice(0);
    for (const placement of wishes) await this.#place(placement);
    return this.open.length === 0;
  }

  async #act(random: Random): Promise<void> {
    const ids = [...this.placed.values()];
    const chance = random.next();
    if (ids.length > 0 && chance < 0.2) await this.#count(this.#shop.cancel(random.pick(ids)));
    else if (ids.length > 0 && chance < 0.4) await this.#count(this.#shop.pay(random.pick(ids)));
    else if (this.open.length > 0 && chance < 0.5) await this.settle();
    else await this.#place(this.#newPlacement(random));
  }

  #newPlacement(random: Random): Placement {
    return { key: randomUUID(), product: random.pick(this.#shop.products), quantity: 1 + random.below(3) };
  }

  async #place(placement: Placement): Promise<void> {
    const { code, data } = await this.#count(this.#shop.place(placement.key, placement.product, placement.quantity));
    if (undecided.includes(code)) this.open.push(placement);
    if (data) this.placed.set(placement.key, (data as Placed).placeOrder.id);
  }

  async #count<T>(call: Promise<Answer<T>>): Promise<{ code: string; data: T | null }> {
    const { data, errors } = await call.catch(noAnswer);
    const code = errors[0]?.extensions.code ?? "OK";
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
    return { code, data };
  }
}

/** The gateway is down. The user waits before the next request. */
async function noAnswer(): Promise<{ data: null; errors: { extensions: { code: string } }[] }> {
  await pause(100);
  return { data: null, errors: [{ extensions: { code: "NO ANSWER" } }] };
}
