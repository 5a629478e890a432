import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import pTimeout from "p-timeout";

/** Requests that still run then are cut off: one may take 10 seconds. */
const closeMs = 12_000;

export type Drain = {
  begun(): boolean;
  /**
   * At once not ready. For `delayMs` each response closes its connection. Then no new connections are accepted, and the
   * rest are closed when their requests are answered.
   */
  run(): Promise<void>;
};

/**
 * Takes the gateway out of service without failing a request. Clients that still hold a connection are told to open
 * another one, which reaches another replica. If we closed an idle connection first, a request could be under way on it.
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
      await pTimeout(http.close(), { milliseconds: closeMs, message: false });
    },
  };
}
