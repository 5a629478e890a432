import type { Test } from "tap";
import { type Broker, type Probes, startProbes } from "./probes.ts";
import { type Run, startRun } from "./run.ts";
import type { Behind } from "./servers/behind.ts";
import { servers } from "./servers.ts";

/** The system that all tests of one broker share. */
export type Bench = {
  broker: Broker;
  probes: Probes;
  /** The names of the broker's process and of the launcher's step that starts it. */
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
