import type { Broker } from "./probes.ts";

type Guarantees = {
  /** Of what is published together it can refuse one message: true, or what Sidecart does instead, and why. */
  refusesOne: true | string;
};

const fullQueue =
  "It takes every event that may be written. When a queue is full it refuses what no longer fits, and the whole call counts \
as failed: its events wait, those that were taken come twice and have one effect.";

/** What differs between brokers, and nothing else does. */
export const guarantees: Record<Broker, Guarantees> = {
  redis: { refusesOne: true },
  rabbitmq: { refusesOne: fullQueue },
  jetstream: { refusesOne: true },
  kafka: { refusesOne: true },
};
