import type { Test } from "tap";
import { type Broker, type Probes, startProbes } from "./probes.ts";
import { type Run, startRun } from "./run.ts";
import type { Behind } from "./servers/behind.ts";
import { servers } from "./servers.ts";

/** Where the tests of one broker meet: one system for all of them. */
export type Bench = {
  broker: Broker;
  probes: Probes;
  /** The name of the broker's process, and of the step in which the launcher starts it. */
  server: string;
  title: string;
  behind: Behind;
  start(): Run;
};

export async function openBench(t: Test, broker: Broker): Promise<Bench> {
  const probes = await startProbes(t, broker);
  const { process: server, title = `broker ${broker}`, open } = servers[broker];
  const behind = await open(t, probes.system);
  return { broker, probes, server, title, behind, start: () => startRun(probes, behind) };
}
