import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import pTimeout from "p-timeout";

/** What is still being answered then is cut off: a request may take 10 seconds. */
const closeMs = 12_000;

export type Drain = {
  begun(): boolean;
  /** Not ready at once; answers that end their connection for `delayMs`; then no new connections, and the end of the rest. */
  run(): Promise<void>;
};

/**
 * Takes the gateway out of service without a request failing: whoever still holds a connection is told to make another
 * one, elsewhere, while their requests are answered as ever. A connection that we closed first could meet a request.
 */
export function createDrain(http: FastifyInstance, delayMs: number): Drain {
  let begun = false;
  http.addHook("onSend", (_request, reply, payload, done) => {
    if (begun) reply.header("connection", "close");
    done(null, payload);
  });
  return {
    begun: () => begun,
    async run() {
      begun = true;
      await pause(delayMs);
      await pTimeout(http.close(), { milliseconds: closeMs, fallback: () => undefined });
    },
  };
}
