import type { Component } from "./component.ts";

/** What an operator decides; the same on every broker where it means something. */
export type Settings = {
  /** Copies of each stream or partition: 3 in production, where the broker has three servers. */
  replicas: number;
  /** How many of a topic's events a service handles at once, on brokers that divide topics (Kafka). */
  partitions: number;
  /** How long a broker keeps what not everybody has handled yet, at least. */
  retentionHours: number;
};

/** What the operator said this time. What exists already follows only this. */
export type Options = { [Name in keyof Settings]: Settings[Name] | undefined };

/** For what is newly made: what was said, and defaults for the rest. */
export const settingsOf = ({ replicas = 1, partitions = 8, retentionHours = 168 }: Options): Settings => ({
  replicas,
  partitions,
  retentionHours,
});

/**
 * Makes what must exist before a sidecar loads this component. It may run any number of times and beside others of its
 * kind. What it cannot put right it refuses with a Problem.
 */
export type Step = (component: Component, options: Options, say: (line: string) => void) => Promise<void>;
