import type { Broker } from "./probes.ts";

/** True where a broker keeps a promise by itself; else what Sidecart does instead, and why. */
type Answer = true | string;

type Guarantees = {
  /** Of events that are published together it can refuse one. */
  refusesOne: Answer;
  /** Events with one key are handled in the order in which they were committed. */
  order: Answer;
};

const anyOrder = (why: string) => `In any order, since ${why}: consumers go by versions, and end at the last one.`;
const parallel = "the sidecar publishes a bulk and handles what it reads in parallel";

const fullQueue =
  "It takes every event that may be written. When a queue is full it refuses what no longer fits, and the whole call counts \
as failed: its events wait, those that were taken come twice and have one effect.";

/** What differs between brokers, and nothing else does. */
export const guarantees: Record<Broker, Guarantees> = {
  redis: { refusesOne: true, order: anyOrder(parallel) },
  rabbitmq: { refusesOne: fullQueue, order: anyOrder(parallel) },
  jetstream: {
    refusesOne: true,
    order: anyOrder("the sidecar publishes a bulk in parallel, and each replica handles one of the topic"),
  },
  kafka: { refusesOne: true, order: true },
};
