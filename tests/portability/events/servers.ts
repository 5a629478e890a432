import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import type { Broker } from "./probes.ts";
import { jetstreamBacklog } from "./servers/jetstream.ts";
import { kafkaBacklog } from "./servers/kafka.ts";
import { rabbitmqBacklog } from "./servers/rabbitmq.ts";
import { redisBacklog } from "./servers/redis.ts";

/** How many messages the broker holds that a group has not read, or not acknowledged. */
export type Backlog = () => Promise<number>;

type Server = {
  /** The launcher's name of the process. */
  process: string;
  /** The launcher's name of its start, where it is not `broker <name>`. */
  title?: string;
  backlogOf(t: Test, system: Launched): Promise<Backlog> | Backlog;
};

/** The real servers behind the choices, past the sidecars. */
export const servers: Record<Broker, Server> = {
  redis: { process: "redis", title: "Redis", backlogOf: redisBacklog },
  rabbitmq: { process: "rabbitmq", backlogOf: rabbitmqBacklog },
  jetstream: { process: "nats", backlogOf: jetstreamBacklog },
  kafka: { process: "kafka", backlogOf: kafkaBacklog },
};
