import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import type { Broker } from "./probes.ts";
import type { Behind } from "./servers/behind.ts";
import { jetstream } from "./servers/jetstream.ts";
import { kafka } from "./servers/kafka.ts";
import { rabbitmq } from "./servers/rabbitmq.ts";
import { redis } from "./servers/redis.ts";

type Server = {
  /** The launcher's name for the process. */
  process: string;
  /** The launcher's name for its start, if that is not `broker <name>`. */
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
