import type { Tell } from "../../probe/told.ts";
import type { Probes } from "../probes.ts";

/** Direct access to a broker, past the sidecars. */
export type Behind = {
  /** The server's version. */
  version(): Promise<string>;
  /** The number of messages that services have not read or not acknowledged. */
  backlog(): Promise<number>;
  /** Makes the broker refuse some of the messages published to a topic, until `end()`. */
  refuse(probes: Probes, topic: string): Promise<Refusal>;
};

type Refusal = {
  /** Events of which the broker accepts some and refuses others. */
  tells: Omit<Tell, "run">[];
  end(): Promise<void>;
};
