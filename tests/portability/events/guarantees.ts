import type { Broker } from "./probes.ts";

type Guarantees = {
  /** Whether the broker can reject a single message of a bulk; otherwise, what happens instead. */
  rejectsOne: true | string;
};

const fullQueue =
  "It accepts every event of an allowed size. When a queue is full it rejects the rest of a bulk, and the whole call fails: \
its events stay in the outbox, and those that it had accepted are delivered twice and have one effect.";

/** All differences between the brokers. */
export const guarantees: Record<Broker, Guarantees> = {
  redis: { rejectsOne: true },
  rabbitmq: { rejectsOne: fullQueue },
  jetstream: { rejectsOne: true },
  kafka: { rejectsOne: true },
};
