import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import type { Tell } from "../probe/told.ts";
import type { Broker, Probes } from "./probes.ts";
import { jetstream } from "./servers/jetstream.ts";
import { kafka } from "./servers/kafka.ts";
import { rabbitmq } from "./servers/rabbitmq.ts";
import { redis } from "./servers/redis.ts";

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

type Server = {
  /** The launcher's name of the process. */
  process: string;
  /** The launcher's name of its start, where it is not `broker <name>`. */
  title?: string;
  open(t: Test, system: Launched): Promise<Behind>;
};

/** The real servers of the choices. */
export const servers: Record<Broker, Server> = {
  redis: { process: "redis", title: "Redis", open: redis },
  rabbitmq: { process: "rabbitmq", open: rabbitmq },
  jetstream: { process: "nats", open: jetstream },
  kafka: { process: "kafka", open: kafka },
};
