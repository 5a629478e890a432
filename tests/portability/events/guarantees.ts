import type { Broker } from "./probes.ts";

type Guarantees = {
  /** It can refuse one message of a bulk: true, or what Sidecart does instead, and why. */
  refusesOne: true | string;
};

const fullQueue =
  "It accepts every event that can be written. A full queue refuses further events, and the whole call fails: its events \
wait; accepted ones arrive twice and take effect once.";

/** All differences between brokers. */
export const guarantees: Record<Broker, Guarantees> = {
  redis: { refusesOne: true },
  rabbitmq: { refusesOne: fullQueue },
  jetstream: { refusesOne: true },
  kafka: { refusesOne: true },
};
