import type { Exchange } from "../adapter.ts";
import type { Reply } from "./client.ts";

const answered = [200];
const tooMuch = [429, 503];
const kept = 5_000;
const wrongKept = 5;

/** The number of responses of each kind. */
export type Counts = {
  right: number;
  placed: number;
  /** Responses with 429 or 503, because of overload. */
  shed: number;
  /** Other statuses and failed connections, by error message. */
  failed: Record<string, number>;
  wrong: number;
  /** The first problems of wrong responses. */
  texts: string[];
};
type Verdict = "right" | "shed" | "failed" | "wrong";

/**
 * Checks every response completely. A repeated response with the same text is only compared with the checked one, so that
 * the check of a list of 200 kB is cheap.
 */
export class Checks {
  readonly #right = new Map<string, string>();
  readonly counts: Counts = { right: 0, placed: 0, shed: 0, failed: {}, wrong: 0, texts: [] };

  see(exchange: Exchange, { status, body }: Reply): Verdict {
    if (tooMuch.includes(status)) {
      this.counts.shed += 1;
      return "shed";
    }
    if (!(exchange.statuses ?? answered).includes(status)) return this.fail(`status ${status}: ${body.slice(0, 300)}`);
    const problem = this.#problemOf(exchange, body);
    if (problem !== undefined) return this.#wrong(`${problem}: ${body.slice(0, 500)}`);
    this.counts.right += 1;
    if (exchange.placed?.(body)) this.counts.placed += 1;
    return "right";
  }

  fail(text: string): Verdict {
    this.counts.failed[text] = (this.counts.failed[text] ?? 0) + 1;
    return "failed";
  }

  #problemOf(exchange: Exchange, body: string): string | undefined {
    if (exchange.placed) return exchange.check(body);
    const key = `${exchange.url} ${exchange.headers.authorization} ${exchange.body}`;
    const before = this.#right.get(key);
    if (before === body) return undefined;
    const problem = exchange.check(body);
    if (problem === undefined && (before !== undefined || this.#right.size < kept)) this.#right.set(key, body);
    return problem;
  }

  #wrong(text: string): Verdict {
    this.counts.wrong += 1;
    if (this.counts.texts.length < wrongKept) this.counts.texts.push(text);
    return "wrong";
  }
}
