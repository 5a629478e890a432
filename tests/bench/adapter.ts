import type { caseNames } from "./case-names.mjs";
import type { Size } from "./data-set.ts";

export type CaseName = (typeof caseNames)[number];

/** One request (POST) and what must come back. */
export type Exchange = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Those that may be right; 200. */
  statuses?: readonly number[];
  /** What is wrong with the body of a reply, in a sentence; undefined when it is all as it must be. */
  check(reply: string): string | undefined;
  /** True when this request placed an order, said of a reply that is right. Left out where none can. */
  placed?(reply: string): boolean;
};

/** Makes the next request of a case. What costs time is done before, not in it. */
export type Ask = () => Exchange;

/**
 * An implementation under test. `World` is what its requests have to know of the running system (addresses, tokens, ids);
 * it goes to the process that makes the load as JSON.
 */
export type Adapter<World> = {
  name: string;
  /** Puts a clean data set of this size into the system at `url`; without one, starts a system of its own. */
  prepare(options: PrepareOptions): Promise<System<World>>;
  /** Cases that it has. Run in the process that makes the load; only `world` is known there. */
  cases: Partial<Record<CaseName, (world: World) => Ask>>;
  /** Why a case is left out, or differs. */
  notes?: Partial<Record<CaseName, string>>;
};

export type PrepareOptions = {
  url?: string;
  size: Size;
  /** Cases that will be run: what only others need may be left out. */
  cases: readonly CaseName[];
  /** Its Node programs are to listen for the inspector. */
  profile: boolean;
  say(line: string): void;
};

export type System<World> = {
  world: World;
  /** Of what it runs on, by name. */
  versions?: Record<string, string>;
  /** Processes to count CPU and memory of, by name, with the children they have. */
  processes(): Map<string, number>;
  /** Where the Node programs that run write to, by name, when they were to be profiled. */
  logs?(): Map<string, string>;
  /** Is told what will be asked next: what only other cases need may be stopped meanwhile. */
  turnTo?(next: CaseName): Promise<void>;
  /** Resolves when every event so far has had its effect. */
  settled(): Promise<void>;
  audit(): Promise<Books>;
  /** From the making of each placed order's event to its effect, in milliseconds; left out where nobody notes it. */
  eventTimes?(): Promise<number[]>;
  /** Sets what there is of a product (by number); no orders of it are open. */
  stock(product: number, units: number): Promise<void>;
  /** Takes away what was ordered since the data set was put in, and gives its stock back; left out where it stays. */
  restore?(): Promise<void>;
  /** Ends what `prepare` started. */
  stop(): Promise<void>;
};

/** What the databases say, read past the API. Undefined: it keeps no such books. */
export type Books = {
  orders: number;
  /** Orders that stock was taken or put aside for. */
  reservations: number | undefined;
  /** Events of placed orders that had their effect. */
  handled: number | undefined;
  /** Units ordered beyond what there was, over all products. */
  oversold: number;
};

/** An adapter file exports one of these as `adapter`. */
export type AdapterModule = { adapter: Adapter<never> };
