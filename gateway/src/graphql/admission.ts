import { AppError, commonErrors, type ErrorKind } from "@sidecart/platform/rpc";
import { meter } from "@sidecart/platform/telemetry";
import { gatewayErrors } from "../errors.ts";
import { retryAfterSeconds } from "../http/overload.ts";
import type { RequestCall } from "../http/request-call.ts";

/** Requests below this size are not limited: an order, a product, a log-in. */
const unlimitedBelow = 100;
/** Requests below this size have a capacity of their own, so that they do not wait for larger ones. */
const largeFrom = 300;
/** Sizes that are executed at once. A larger request takes all of its client's capacity. */
export const capacity = 40_000;
export const capacityPerClient = 25_000;
/** Most bytes of requests that wait, in all and of one client. A request counts as its body and `bytesWithoutBody`. */
const maxWaitingBytes = 4 * 1024 * 1024;
const maxWaitingBytesPerClient = 2 * 1024 * 1024;
const bytesWithoutBody = 1_024;
const maxWaitMs = 5_000;

type Call = Pick<RequestCall, "address" | "bodyBytes" | "signal">;
type Request = { client: string; size: number };
type Waiter = Request & { bytes: number; admit(): void };

export type Admission = {
  /**
   * Waits until the size of a request (`CostLimit.sizeOf`) fits beside the others', and returns a function that releases
   * it. Throws RATE_LIMITED when too many requests of its client wait, OVERLOADED when too many of all wait or this one
   * has waited 5 s, and CANCELLED when the signal aborts.
   */
  acquire(call: Call, size: number): Promise<() => void>;
};

const unlimited = () => {};

/** Bounds what the executions of large requests hold in memory together (ADR 31). */
export function createAdmission(): Admission {
  const queues = { medium: new Queue(), large: new Queue() };
  observe(queues);
  return {
    async acquire(call, size) {
      if (size < unlimitedBelow) return unlimited;
      return queues[size < largeFrom ? "medium" : "large"].acquire(call, size);
    },
  };
}

function observe(queues: Record<string, Queue>): void {
  const gauge = (name: string, description: string, read: (queue: Queue) => number) =>
    meter()
      .createObservableGauge(name, { description })
      .addCallback((result) => {
        for (const [queue, one] of Object.entries(queues)) result.observe(read(one), { queue });
      });
  gauge("sidecart_admitted_size", `Size of the requests that are executed or sent, of ${capacity}`, ({ used }) => used);
  gauge("sidecart_waiting_requests", "Requests that wait until their size fits", ({ waiters }) => waiters.length);
}

/**
 * First come, first served. Requests of a client that has used its capacity are passed over until it has some again.
 * Nothing else passes a request, so a large one is not postponed for ever.
 */
class Queue {
  used = 0;
  readonly waiters: Waiter[] = [];
  readonly #usedBy = new Map<string, number>();

  async acquire(call: Call, size: number): Promise<() => void> {
    const request = { client: call.address(), size: Math.min(size, capacityPerClient) };
    if (this.#isNext(request)) this.#take(request);
    else await this.#wait(request, call);
    return () => {
      this.#release(request);
      this.#admitWaiters();
    };
  }

  #fitsClient = ({ client, size }: Request) => (this.#usedBy.get(client) ?? 0) + size <= capacityPerClient;
  #fitsAll = ({ size }: Request) => this.used + size <= capacity;
  #isNext = (request: Request) =>
    this.#fitsClient(request) &&
    this.#fitsAll(request) &&
    this.waiters.every((one) => one.client !== request.client && !this.#fitsClient(one));

  #take({ client, size }: Request): void {
    this.used += size;
    this.#usedBy.set(client, (this.#usedBy.get(client) ?? 0) + size);
  }

  #release({ client, size }: Request): void {
    this.used -= size;
    const left = (this.#usedBy.get(client) ?? 0) - size;
    if (left > 0) this.#usedBy.set(client, left);
    else this.#usedBy.delete(client);
  }

  #wait(request: Request, call: Call): Promise<void> {
    const signal = call.signal();
    const bytes = call.bodyBytes() + bytesWithoutBody;
    if (signal.aborted) throw refusal(commonErrors.cancelled);
    this.#refuseIfFull(request.client, bytes);
    return new Promise((resolve, reject) => {
      const leave = (error: ErrorKind) => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        end();
        reject(refusal(error));
        this.#admitWaiters();
      };
      const timer = setTimeout(() => leave(commonErrors.overloaded), maxWaitMs);
      const cancel = () => leave(commonErrors.cancelled);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
      };
      const waiter: Waiter = {
        ...request,
        bytes,
        admit() {
          end();
          resolve();
        },
      };
      this.waiters.push(waiter);
      signal.addEventListener("abort", cancel);
    });
  }

  #refuseIfFull(client: string, bytes: number): void {
    const bytesWith = (waiters: readonly Waiter[]) => waiters.reduce((sum, one) => sum + one.bytes, bytes);
    if (bytesWith(this.waiters.filter((one) => one.client === client)) > maxWaitingBytesPerClient) {
      throw refusal(gatewayErrors.rateLimited);
    }
    if (bytesWith(this.waiters) > maxWaitingBytes) throw refusal(commonErrors.overloaded);
  }

  #admitWaiters(): void {
    for (const waiter of [...this.waiters]) {
      if (!this.#fitsClient(waiter)) continue;
      if (!this.#fitsAll(waiter)) return;
      this.waiters.splice(this.waiters.indexOf(waiter), 1);
      this.#take(waiter);
      waiter.admit();
    }
  }
}

const refusal = (kind: ErrorKind) => new AppError(kind, { details: { retryAfterSeconds } });
