import { randomUUID } from "node:crypto";
import type { Answer } from "../../support/graphql.ts";
import { newCustomer } from "../../support/people.ts";
import type { Random } from "../../support/random.ts";
import type { Placed, Shop } from "../../support/shop.ts";

/** What a client was told, and when. `kind`: the object and its state. */
export type Entry = {
  kind: "account" | "pending_payment" | "paid" | "cancelled";
  id: string;
  askedAt: number;
  at: number;
};

/** People who register, place, pay and cancel, and what they were answered. */
export class Journal {
  readonly entries: Entry[] = [];
  /** Answers that are neither success nor an ordinary refusal, by code. */
  readonly failures = new Map<string, number>();
  readonly #shop: Shop;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** One person, until `stopped`. */
  async run(random: Random, stopped: AbortSignal): Promise<void> {
    const mine: string[] = [];
    while (!stopped.aborted) {
      const chance = random.next();
      const id = mine.length > 0 ? random.pick(mine) : undefined;
      if (chance < 0.03) await this.#register();
      else if (id && chance < 0.3) await this.#move("paid", id);
      else if (id && chance < 0.5) await this.#move("cancelled", id);
      else await this.#place(random, mine);
    }
  }

  /** The ids of a kind that were answered before a moment. */
  before(at: number, ...kinds: Entry["kind"][]): Set<string> {
    return new Set(this.entries.filter((one) => kinds.includes(one.kind) && one.at < at).map(({ id }) => id));
  }

  async #place(random: Random, mine: string[]): Promise<void> {
    const askedAt = Date.now();
    const answer = await this.#shop
      .place(randomUUID(), random.pick(this.#shop.products), 1 + random.below(3))
      .catch(noAnswer<Placed>);
    const id = answer.data?.placeOrder?.id;
    if (!this.#noted(answer) || !id) return;
    mine.push(id);
    this.entries.push({ kind: "pending_payment", id, askedAt, at: Date.now() });
  }

  async #move(kind: "paid" | "cancelled", id: string): Promise<void> {
    const askedAt = Date.now();
    const answer = await (kind === "paid" ? this.#shop.pay(id) : this.#shop.cancel(id)).catch(noAnswer<unknown>);
    if (this.#noted(answer)) this.entries.push({ kind, id, askedAt, at: Date.now() });
  }

  async #register(): Promise<void> {
    const askedAt = Date.now();
    const person = await newCustomer(this.#shop.system.gatewayUrl).catch(() => undefined);
    if (person) this.entries.push({ kind: "account", id: person.id, askedAt, at: Date.now() });
  }

  #noted({ errors }: Answer<unknown>): boolean {
    const code = errors[0]?.extensions.code;
    if (code) this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
    return code === undefined;
  }
}

const noAnswer = <T>(): Answer<T> => ({
  status: 0,
  data: null,
  errors: [{ message: "", extensions: { code: "NO_ANSWER" } }],
});
