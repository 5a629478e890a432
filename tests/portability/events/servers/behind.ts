import type { Tell } from "../../probe/told.ts";
import type { Probes } from "../probes.ts";

/** A broker past the sidecars. */
export type Behind = {
  /** The server's. */
  version(): Promise<string>;
  /** How many messages the broker holds that a service has not read, or not acknowledged. */
  backlog(): Promise<number>;
  /** From now on the broker refuses part of what is published to a topic, for as long as it is not told otherwise. */
  refuse(probes: Probes, topic: string): Promise<Refusal>;
};

type Refusal = {
  /** Events of which it takes some and refuses others. */
  tells: Omit<Tell, "run">[];
  end(): Promise<void>;
};
