/**
 * What servers write when they cannot start because an earlier process has not released its data or its port yet:
 * PostgreSQL (also for children of a killed server), Redis, RabbitMQ, NATS, Kafka, Elasticsearch, etcd, Dapr and Node.
 */
const held = new RegExp(
  [
    "pre-existing shared memory block .* is still in use",
    'lock file "[^"]+" already exists',
    "address (?:is )?already in use",
    "EADDRINUSE",
    "node with name .* (?:is )?already running",
    "Failed to acquire lock",
    "failed to obtain node lock",
    "Resource temporarily unavailable",
    "cannot open database: timeout",
  ].join("|"),
  "i",
);

/** True when the end of a program's log says that something of an earlier run holds what it needs. */
export const isHeldByEnding = (lines: readonly string[]): boolean => lines.some((line) => held.test(line));
