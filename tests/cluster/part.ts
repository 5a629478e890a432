import type { Kubectl } from "./kubectl.ts";

export type Settings = {
  namespace: string;
  registry: string;
  tag: string;
  /** The tag of a version with one more migration; the parts that need it are left out without it. */
  nextTag: string | undefined;
  /** Where images of Postgres, Redis, RabbitMQ, NATS and Elasticsearch are, when they cannot be pulled. */
  servers: string | undefined;
  /** For load tests: more seconds find more. */
  seconds: number;
};

export type Cluster = Settings & {
  kubectl: Kubectl;
  /** Installs or upgrades the release with these values over those of the tests; answers how long it took, in seconds. */
  helm(...values: string[]): Promise<number>;
  /** The release as the other parts expect it: on Redis, with the embedded search. */
  reset(): Promise<number>;
  image(name: string): string;
};

/** What a part is told to do it with: each `expect` is one thing that holds or does not. */
export type Report = {
  expect(what: string, holds: boolean, otherwise?: unknown): void;
  /** A figure worth keeping, in words. */
  note(text: string): void;
};

export type Part = { name: string; what: string; run(cluster: Cluster, report: Report): Promise<void> };
