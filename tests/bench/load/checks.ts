import type { Exchange } from "../adapter.ts";
import type { Reply } from "./client.ts";

const kept = 5_000;
const wrongKept = 5;
const answered = [200];
const shed = [429, 503];

/** What came back, by how it came. */
export type Counts = {
  /** Replies that were right. */
  right: number;
  placed: number;
  /** Answered 429 or 503: too much was asked. */
  shed: number;
  /** Other statuses, and connections that failed, by what was said. */
  failed: Record<string, number>;
  wrong: number;
  /** The first of what was wrong. */
  texts: string[];
};

/**
 * Looks at every reply as a whole. A read whose text was found right is right when the same text comes again: so a list
 * of 200 kB costs the load no more than a comparison.
 */
export class Checks {
  readonly #right = new Map<string, string>();
  counts: Counts = nothing();

  /** Whether the reply is right. */
  see(exchange: Exchange, { status, body }: Reply): boolean {
    if (shed.includes(status)) {
      this.counts.shed += 1;
      return false;
    }
    if (!(exchange.statuses ?? answered).includes(status)) {
      this.fail(`status ${status}: ${body.slice(0, 300)}`);
      return false;
    }
    const read = exchange.placed === undefined;
    const key = read ? `${exchange.url} ${exchange.headers.authorization} ${exchange.body}` : "";
    if (!read || this.#right.get(key) !== body) {
      const problem = exchange.check(body);
      if (problem !== undefined) return this.#wrong(`${problem}: ${body.slice(0, 500)}`);
      if (read && (this.#right.has(key) || this.#right.size < kept)) this.#right.set(key, body);
    }
    this.counts.right += 1;
    if (exchange.placed?.(body)) this.counts.placed += 1;
    return true;
  }

  fail(text: string): void {
    this.counts.failed[text] = (this.counts.failed[text] ?? 0) + 1;
  }

  #wrong(text: string): false {
    this.counts.wrong += 1;
    if (this.counts.texts.length < wrongKept) this.counts.texts.push(text);
    return false;
  }
}

export const nothing = (): Counts => ({ right: 0, placed: 0, shed: 0, failed: {}, wrong: 0, texts: [] });
