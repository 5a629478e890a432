import type { Broker } from "./probes.ts";

/** True where a broker keeps a promise by itself; else what Sidecart does instead, and why. */
type Answer = true | string;

type Guarantees = {
  /** Events with one key are handled in the order in which they were committed. */
  order: Answer;
};

const anyOrder = (why: string) => `In any order, since ${why}: consumers go by versions, and end at the last one.`;
const parallel = "the sidecar publishes a bulk and handles what it reads in parallel";

/** What differs between brokers, and nothing else does. */
export const guarantees: Record<Broker, Guarantees> = {
  redis: { order: anyOrder(parallel) },
  rabbitmq: { order: anyOrder(parallel) },
  jetstream: { order: anyOrder("the sidecar publishes a bulk in parallel, and each replica handles one of the topic") },
  kafka: { order: true },
};
