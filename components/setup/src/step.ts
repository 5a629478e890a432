import type { Component } from "./component.ts";

/** The settings of an operator. A broker ignores those that do not apply to it. */
export type Settings = {
  /** Replicas of each stream or partition: 3 in production, where the broker has three servers. */
  replicas: number;
  /** Partitions of a topic (Kafka). A service handles at most this many events of a topic in parallel. */
  partitions: number;
  /** How long a broker keeps an event, at least until every subscriber has handled it. */
  retentionHours: number;
};

/** The settings that the operator gave in this run. Only these change existing streams and topics. */
export type Options = { [Name in keyof Settings]: Settings[Name] | undefined };

/** The settings for a new stream or topic: the given options, and defaults for the rest. */
export const settingsOf = ({ replicas = 1, partitions = 8, retentionHours = 168 }: Options): Settings => ({
  replicas,
  partitions,
  retentionHours,
});

/**
 * Creates what must exist before a sidecar loads this component. A step is idempotent and may run concurrently with
 * another set-up. It throws a Problem for what it cannot fix.
 */
export type Step = (component: Component, options: Options, log: (line: string) => void) => Promise<void>;
