import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import type { InstructionInput } from "../probe/instructions.ts";
import type { Broker, Probes } from "./probes.ts";
import { jetstream } from "./servers/jetstream.ts";
import { kafka } from "./servers/kafka.ts";
import { rabbitmq } from "./servers/rabbitmq.ts";
import { redis } from "./servers/redis.ts";

/** Direct access to a broker, without sidecars. */
export type Behind = {
  /** The version of the server. */
  version(): Promise<string>;
  /** The number of messages that a service has not read or not acknowledged. */
  backlog(): Promise<number>;
  /** Configures the broker to reject some messages of a topic, until `end` is called. */
  rejectSome(probes: Probes, topic: string): Promise<Rejection>;
};

export type Rejection = {
  /** Events of which the broker accepts some and rejects others. */
  instructions: Omit<InstructionInput, "run">[];
  end(): Promise<void>;
};

type Server = {
  /** The name of the process in the launcher. */
  process: string;
  /** The name of the launcher's step that starts it, unless it is `broker <name>`. */
  title?: string;
  open(t: Test, system: Launched): Promise<Behind>;
};

/** The real server of each broker. */
export const servers: Record<Broker, Server> = {
  redis: { process: "redis", title: "Redis", open: redis },
  rabbitmq: { process: "rabbitmq", open: rabbitmq },
  jetstream: { process: "nats", open: jetstream },
  kafka: { process: "kafka", open: kafka },
};
