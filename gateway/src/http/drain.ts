import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import pTimeout from "p-timeout";

export type Drain = {
  begun(): boolean;
  /**
   * Makes the gateway not ready at once. For `delayMs` each response closes its connection. Then the server accepts no
   * new connections and closes the rest after their last response. `limitMs` later it waits no longer.
   */
  run(limitMs: number): Promise<void>;
};

/**
 * Takes the gateway out of service without failing a request. Responses ask clients to close their connection; a new
 * one reaches another replica. We do not close idle connections first, because a request could be on its way on one of
 * them.
 */
export function createDrain(http: FastifyInstance, delayMs: number): Drain {
  let begun = false;
  http.addHook("onSend", (_request, reply, payload, done) => {
    if (begun) reply.header("connection", "close");
    done(null, payload);
  });
  return {
    begun: () => begun,
    async run(limitMs) {
      begun = true;
      await pause(delayMs);
      await pTimeout(http.close(), { milliseconds: limitMs, message: false });
    },
  };
}
