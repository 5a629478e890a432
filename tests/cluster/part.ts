import type { Kubectl } from "./kubectl.ts";

export type Settings = {
  namespace: string;
  registry: string;
  tag: string;
  /** The tag of a version with one more migration. Without it the upgrade applies no migration. */
  nextTag: string | undefined;
  /** The registry of images of Postgres, Redis, RabbitMQ, NATS and Elasticsearch, when the official ones cannot be pulled. */
  servers: string | undefined;
  /** The duration of load tests. */
  seconds: number;
};

export type Cluster = Settings & {
  kubectl: Kubectl;
  /** Installs or upgrades the release with these values on top of those of the tests. Returns the duration in seconds. */
  helm(...values: string[]): Promise<number>;
  /** Restores the release that the other parts expect: on Redis, with the embedded search. */
  reset(): Promise<number>;
  image(name: string): string;
};

/** Collects the results of a part. Each `expect` is one assertion. */
export type Report = {
  expect(what: string, holds: boolean, otherwise?: unknown): void;
  /** A remark or figure for the evidence. */
  note(text: string): void;
};

export type Part = { name: string; what: string; run(cluster: Cluster, report: Report): Promise<void> };
