import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleType } from "cockatiel";
import type { Logger } from "../telemetry/log.ts";
import type { Liveness } from "./access.ts";
import type { CallContext } from "./call.ts";
import { AppError, commonErrors, isFromCallee, toAppError } from "./errors.ts";

/** The circuit opens after this many failures in a row. A failed call was retried before (`retry.ts`). */
const failuresInRow = 3;
/** A callee that has responded to no call for this time is probed. Each probe without a response is one failure. */
const silentMs = 1_000;
/** A call that waited for a shorter time says nothing about the callee: its caller had little time left. */
const shortestTimeoutMs = 1_000;
/** While the circuit is open, the callee is probed after each pause. */
const probePauseMs = 500;
/** The longest time of the one call that a half-open circuit lets through. */
const trialMs = 3_000;
/** Most calls of one callee in progress. Each holds memory here and streams in the sidecars. */
const mostCalls = 1_000;

/** closed: calls pass; half_open: the callee responds to probes, and the next call decides; open: calls are refused. */
type CircuitStateName = "closed" | "half_open" | "open";

/** A call in progress. When its circuit opens, it ends at once. */
export type Flight = {
  readonly path: string;
  /** The error that ended it; undefined while the circuit is closed. */
  ended: AppError | undefined;
  cancel(): void;
};

export type Circuit = {
  state(): CircuitStateName;
  /** How many calls were refused since the start. */
  refused(): number;
  /** Refused with UNAVAILABLE while the circuit is open, and with OVERLOADED when too many calls are in progress. */
  run<T>(path: string, context: CallContext, call: (context: CallContext, flight: Flight) => Promise<T>): Promise<T>;
  stop(): void;
};

/** The callee did not respond: nobody was reached, or nobody responded in time. */
class CalleeDown extends Error {}
type Outcome<T> = { value: T } | { error: unknown };

export type CircuitOptions = {
  /** Its app id. */
  callee: string;
  /** Whether the callee responds to a call of this method. */
  probe(path: string): Promise<Liveness>;
  log?: Logger | undefined;
};

/** A circuit breaker for the calls of one service (ADR 26). Refusals of the callee are responses, not failures. */
export const createCircuit = (options: CircuitOptions): Circuit => new CalleeCircuit(options);

class CalleeCircuit implements Circuit {
  readonly #callee: string;
  readonly #probe: CircuitOptions["probe"];
  readonly #log: Logger | undefined;
  #refused = 0;
  readonly #open: AppError;
  readonly #policy = circuitBreaker(handleType(CalleeDown), {
    halfOpenAfter: 0,
    breaker: new ConsecutiveBreaker(failuresInRow),
  });
  readonly #flights = new Set<Flight>();
  #path = "";
  #respondedMs = 0;
  /** Whether an open circuit may let one call through, because the callee responded to a probe. */
  #mayTry = false;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ callee, probe, log }: CircuitOptions) {
    this.#callee = callee;
    this.#probe = probe;
    this.#log = log;
    // One error for all refused calls: a new one would cost a stack trace each.
    this.#open = new AppError(commonErrors.unavailable, { cause: new CircuitOpen(callee) });
    this.#policy.onBreak(() => this.#opened());
    this.#policy.onReset(() => this.#log?.info({ callee }, "circuit closed: calls pass again"));
  }

  state(): CircuitStateName {
    if (this.#policy.state === CircuitState.Closed) return "closed";
    return this.#mayTry || this.#policy.state === CircuitState.HalfOpen ? "half_open" : "open";
  }

  refused(): number {
    return this.#refused;
  }

  async run<T>(path: string, context: CallContext, call: (context: CallContext, flight: Flight) => Promise<T>) {
    const closed = this.#policy.state === CircuitState.Closed;
    if (!closed && !this.#mayTry) return this.#refuse(this.#open);
    if (this.#flights.size >= mostCalls) return this.#refuse(new AppError(commonErrors.overloaded));
    this.#mayTry = false;
    this.#path = path;
    const limited = closed ? context : { ...context, deadline: Math.min(context.deadline, Date.now() + trialMs) };
    if (closed) this.#watch(silentMs);
    return this.#execute(() => this.#outcomeOf(path, limited, !closed, call));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #refuse(error: AppError): never {
    this.#refused += 1;
    throw error;
  }

  async #execute<T>(work: () => Promise<Outcome<T>>): Promise<T> {
    let outcome: Outcome<T>;
    try {
      outcome = await this.#policy.execute(work);
    } catch (error) {
      throw error instanceof CalleeDown ? error.cause : error;
    }
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Throws CalleeDown when the callee did not respond, and any other error when the call says nothing about it. */
  async #outcomeOf<T>(
    path: string,
    context: CallContext,
    isTrial: boolean,
    call: (context: CallContext, flight: Flight) => Promise<T>,
  ): Promise<Outcome<T>> {
    const flight: Flight = { path, ended: undefined, cancel() {} };
    const began = Date.now();
    this.#flights.add(flight);
    try {
      const value = await call(context, flight);
      this.#respondedMs = Date.now();
      return { value };
    } catch (error) {
      const says = flight.ended ? "nothing" : meaningOf(error, context, Date.now() - began);
      if (says === "responded") {
        this.#respondedMs = Date.now();
        return { error };
      }
      throw says === "down" || isTrial ? new CalleeDown("no response", { cause: error }) : error;
    } finally {
      this.#flights.delete(flight);
    }
  }

  #opened(): void {
    this.#log?.error({ callee: this.#callee }, "circuit opened: the service does not respond, its calls are refused");
    this.#mayTry = false;
    for (const flight of this.#flights) {
      flight.ended = this.#open;
      flight.cancel();
    }
    this.#after(probePauseMs, () => this.#recover());
  }

  async #recover(): Promise<void> {
    if ((await this.#probe(this.#path)) === "responded") this.#mayTry = true;
    else this.#after(probePauseMs, () => this.#recover());
  }

  #watch(ms: number): void {
    if (this.#timer === undefined) this.#after(ms, () => this.#look());
  }

  /** A service that hangs would otherwise be noticed only at the deadlines of its calls. */
  async #look(): Promise<void> {
    if (this.#policy.state !== CircuitState.Closed || this.#flights.size === 0) return;
    const quietMs = Date.now() - this.#respondedMs;
    if (quietMs < silentMs) return this.#watch(silentMs - quietMs);
    const began = Date.now();
    const found = await this.#probe(this.#path);
    if (this.#policy.state !== CircuitState.Closed) return;
    if (found === "responded") this.#respondedMs = Date.now();
    const silent = found === "silent" && this.#respondedMs < began;
    if (silent) await this.#execute(() => Promise.reject(new CalleeDown("silent"))).catch(() => {});
    if (this.#policy.state === CircuitState.Closed && this.#flights.size > 0) this.#watch(silent ? 0 : silentMs);
  }

  #after(ms: number, work: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void work();
    }, ms).unref();
  }
}

/** What a failed call says about its callee. */
function meaningOf(error: unknown, { signal }: CallContext, waitedMs: number): "responded" | "down" | "nothing" {
  const sent = error instanceof AppError ? error.cause : error;
  // Its own refusal, or the failure of a service that it calls.
  if (isFromCallee(sent)) return "responded";
  if (signal.aborted) return "nothing";
  const { status } = toAppError(error);
  if (status === "DEADLINE_EXCEEDED") return waitedMs >= shortestTimeoutMs ? "down" : "nothing";
  return status === "UNAVAILABLE" || status === "CANCELLED" ? "down" : "responded";
}

class CircuitOpen extends Error {
  constructor(callee: string) {
    super(`the circuit of ${callee} is open`);
    this.name = "CircuitOpen";
  }
}

/** True for a call that was refused because the circuit is open. The log has the opening itself. */
export const isRefusedByCircuit = (error: unknown): boolean =>
  error instanceof AppError && error.cause instanceof CircuitOpen;
