import type { Change } from "../cache/changes.ts";
import type { ServiceName } from "../services.ts";

/** A change of a service's data; `stock` is what it is now, where that is known and nothing else changed. */
export type ServiceChange = Change & { stock?: number | undefined };

/** Tells the domain that caches a service's data of a change. Idempotent. */
export type Invalidate = (service: ServiceName, change: ServiceChange) => void;
