import { AppError, commonErrors, type ErrorKind } from "@sidecart/platform/rpc";
import { Semaphore, withTimeout } from "async-mutex";
import { LRUCache } from "lru-cache";
import type { GatewayCall } from "../calls/gateway-call.ts";
import { gatewayErrors } from "../errors.ts";
import { retryAfterSeconds } from "../http/overload.ts";

/** Size is counted in units of this. A response of one unit has at most 20,000 characters. */
const unit = 50;
/** Requests below this are small. They have room of their own, so that they do not wait for large ones. */
const smallUpTo = 5 * unit;
/** Units that are executed at once, in all and for one address. A larger request takes all of an address. */
const ofSmall = { units: 600, unitsOfOne: 400 };
const ofLarge = { units: 800, unitsOfOne: 500 };
/** Requests that wait for their turn, in all and from one address. */
const mostWaiting = 300;
const mostWaitingOfOne = 100;
const maxWaitMs = 5_000;
/** Addresses whose turns are known. Forgetting one that is busy admits more of it. */
const keptAddresses = 10_000;

export type Admission = {
  /**
   * Waits until a request may be executed, and returns how to say that its response is made. `size` is that of
   * `CostLimit`. Throws RATE_LIMITED or OVERLOADED when too many wait, or this one has waited 5 s. Below one unit it
   * never waits, so that a service that hangs holds up no log-in.
   */
  enter(client: Pick<GatewayCall, "address">, size: number): Promise<() => void>;
};

const nothing = () => {};

/** Bounds what executions hold in memory together. */
export function createAdmission(): Admission {
  const small = createRoom(ofSmall);
  const large = createRoom(ofLarge);
  return {
    async enter(client, size) {
      if (size < unit) return nothing;
      return (size < smallUpTo ? small : large)(client.address(), Math.ceil(size / unit));
    },
  };
}

/** Requests from one address wait for each other first, so that they leave room for those of others. */
function createRoom({ units, unitsOfOne }: typeof ofSmall) {
  const all = createTurns(units, mostWaiting, commonErrors.overloaded);
  const ofAddress = new LRUCache<string, Turns>({
    max: keptAddresses,
    memoMethod: () => createTurns(unitsOfOne, mostWaitingOfOne, gatewayErrors.rateLimited),
  });
  return async (address: string, asked: number) => {
    const weight = Math.min(asked, unitsOfOne);
    const leaveOwn = await ofAddress.memo(address).take(weight);
    try {
      const leaveAll = await all.take(weight);
      return () => {
        leaveAll();
        leaveOwn();
      };
    } catch (error) {
      leaveOwn();
      throw error;
    }
  };
}

type Turns = {
  /** Waits for so many units, first come, first served. Returns how to give them back. */
  take(units: number): Promise<() => void>;
};

function createTurns(units: number, most: number, refusal: ErrorKind): Turns {
  const refused = () => new AppError(refusal, { details: { retryAfterSeconds } });
  const semaphore = new Semaphore(units);
  const inTime = withTimeout(semaphore, maxWaitMs, refused());
  let waiting = 0;
  return {
    async take(weight) {
      if (waiting === 0 && semaphore.getValue() >= weight) return (await semaphore.acquire(weight))[1];
      if (waiting >= most) throw refused();
      waiting += 1;
      try {
        return (await inTime.acquire(weight))[1];
      } finally {
        waiting -= 1;
      }
    },
  };
}
