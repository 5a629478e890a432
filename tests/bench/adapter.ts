import type { caseNames } from "./case-names.mjs";
import type { Size } from "./data-set.ts";

export type CaseName = (typeof caseNames)[number];

/** One POST request and the check of its response. */
export type Exchange = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** The expected HTTP statuses; default: 200. */
  statuses?: readonly number[];
  /** Returns the problem of a response body; undefined when the body is correct. */
  check(reply: string): string | undefined;
  /** Whether a correct response means that the request placed an order. Omitted in cases that place no orders. */
  placed?(reply: string): boolean;
};

/** Creates the next request of a case. It must be fast, so expensive work is done in advance. */
export type Ask = () => Exchange;

/**
 * An implementation under test. `World` contains what its requests need to know about the running system (addresses,
 * tokens, ids). It is sent to the load generator as JSON.
 */
export type Adapter<World> = {
  name: string;
  /** Writes a new data set of this size to the system at `url`. Without a URL it starts a system. */
  prepare(options: PrepareOptions): Promise<System<World>>;
  /** The supported cases. They run in the load generator's process, which only knows `world`. */
  cases: Partial<Record<CaseName, (world: World) => Ask>>;
  /** Why a case is missing or differs. */
  notes?: Partial<Record<CaseName, string>>;
};

export type PrepareOptions = {
  url?: string;
  size: Size;
  /** The cases of this run. Data that only other cases need may be omitted. */
  cases: readonly CaseName[];
  /** Whether its Node programs must enable the inspector. */
  profile: boolean;
  say(line: string): void;
};

export type System<World> = {
  world: World;
  /** Versions of its dependencies, by name. */
  versions?: Record<string, string>;
  /** The processes whose CPU and memory is measured, including their children, by name. */
  processes(): Map<string, number>;
  /** The log files of the running Node programs, by name, when they are profiled. */
  logs?(): Map<string, string>;
  /** Called before each case. Processes that only other cases need may be stopped. */
  turnTo?(next: CaseName): Promise<void>;
  /** Resolves when every event so far has been handled. */
  settled(): Promise<void>;
  audit(): Promise<Books>;
  /** The latency of each placed order's event, from its creation to its effect, in milliseconds. Omitted when unknown. */
  eventTimes?(): Promise<number[]>;
  /** Sets the stock of a product (by number). The product has no open orders. */
  stock(product: number, units: number): Promise<void>;
  /** Deletes the orders since the data set was written, and restores the stock. Omitted when orders remain. */
  restore?(): Promise<void>;
  /** Stops what `prepare` started. */
  stop(): Promise<void>;
};

/** Totals from the databases, read without the API. A total is undefined when the implementation does not store it. */
export type Books = {
  orders: number;
  /** Orders for which stock was taken or reserved. */
  reservations: number | undefined;
  /** Handled events of placed orders. */
  handled: number | undefined;
  /** Units ordered in excess of the stock, over all products. */
  oversold: number;
};

/** The exports of an adapter file. */
export type AdapterModule = { adapter: Adapter<never> };
