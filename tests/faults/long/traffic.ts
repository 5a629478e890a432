import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer } from "../../support/graphql.ts";
import type { Random } from "../../support/random.ts";
import type { Placed, Shop } from "../../support/shop.ts";

type Wish = { key: string; product: string; quantity: number };

/** An answer that decides nothing: what was asked may have happened or not. */
const undecided = ["UNAVAILABLE", "TIMEOUT", "NO ANSWER"];
/** Answers that people may get. */
const expected = [...undecided, "OK", "OUT_OF_STOCK", "ILLEGAL_TRANSITION"];

/** People who place, pay and cancel orders at random, and what they were told. */
export class Traffic {
  /** How often each answer was given. */
  readonly answers = new Map<string, number>();
  /** The orders that people were told of, by idempotency key. */
  readonly told = new Map<string, string>();
  /** Placements without a clear answer, to be asked again. */
  readonly open: Wish[] = [];
  readonly #shop: Shop;

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  get strange(): string[] {
    return [...this.answers.keys()].filter((code) => !expected.includes(code));
  }

  /** One person, who acts until `stopped`. */
  async run(random: Random, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) await this.#act(random);
  }

  /** Asks again for what has no clear answer; true when nothing is left. */
  async settle(): Promise<boolean> {
    const wishes = this.open.splice(0);
    for (const wish of wishes) await this.#place(wish);
    return this.open.length === 0;
  }

  async #act(random: Random): Promise<void> {
    const ids = [...this.told.values()];
    const chance = random.next();
    if (ids.length > 0 && chance < 0.2) await this.#count(this.#shop.cancel(random.pick(ids)));
    else if (ids.length > 0 && chance < 0.4) await this.#count(this.#shop.pay(random.pick(ids)));
    else if (this.open.length > 0 && chance < 0.5) await this.settle();
    else await this.#place(this.#wish(random));
  }

  #wish(random: Random): Wish {
    return { key: randomUUID(), product: random.pick(this.#shop.products), quantity: 1 + random.below(3) };
  }

  async #place(wish: Wish): Promise<void> {
    const { code, data } = await this.#count(this.#shop.place(wish.key, wish.product, wish.quantity));
    if (undecided.includes(code)) this.open.push(wish);
    if (data) this.told.set(wish.key, (data as Placed).placeOrder.id);
  }

  async #count<T>(call: Promise<Answer<T>>): Promise<{ code: string; data: T | null }> {
    const { data, errors } = await call.catch(noAnswer);
    const code = errors[0]?.extensions.code ?? "OK";
    this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
    return { code, data };
  }
}

/** The gateway itself is away; people do not ask again at once. */
async function noAnswer(): Promise<{ data: null; errors: { extensions: { code: string } }[] }> {
  await pause(100);
  return { data: null, errors: [{ extensions: { code: "NO ANSWER" } }] };
}
