import type { Change } from "../cache/changes.ts";
import type { ServiceName } from "../services.ts";

/** A change of a service's data. `stock` is the new stock, where only the stock changed. */
export type ServiceChange = Change & { stock?: number | undefined };

/** Invalidates the cache of the domain that caches this service's data. Idempotent. */
export type Invalidate = (service: ServiceName, change: ServiceChange) => void;
