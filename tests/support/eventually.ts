import { setTimeout as pause } from "node:timers/promises";

/** Polls until the result is neither undefined nor false, or fails with the name of what it waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (let last: unknown; ; ) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as T;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for: ${what}`, { cause: last });
    await pause(50);
  }
}

/** Fails as soon as the condition is false within this time. */
export async function stays(what: string, holds: () => boolean, forMs: number): Promise<void> {
  for (const end = Date.now() + forMs; Date.now() < end; await pause(20)) {
    if (!holds()) throw new Error(`no more: ${what}`);
  }
}
