import { setTimeout as pause } from "node:timers/promises";
import { background } from "../rpc/call.ts";
import { isRetryable } from "../rpc/errors.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Logger } from "../telemetry/log.ts";
import { missingIn } from "./needs.ts";
import type { Problems } from "./problems.ts";
import { type Sweep, startSweep } from "./sweep.ts";

const waitMs = 1_000;
const everyMs = 5_000;
const timeoutMs = 2_000;

export type SidecarCheck = {
  /** True while the sidecar has all that is needed, as far as is known. */
  passes(): boolean;
  /** Resolves once it has these components too. Until then nothing listens, so nothing is delivered. */
  untilLoaded(components: readonly string[]): Promise<void>;
  /** Looks again from time to time: a sidecar that was started again may lack what the one before had. */
  watch(log: Logger): Sweep;
};

/** Compares what the sidecar has loaded with what the app needs. One that does not answer is no problem of ours. */
export function createSidecarCheck(app: string, sidecar: Pick<Sidecar, "metadata">, problems: Problems): SidecarCheck {
  let needed: readonly string[] = [];
  let missing: readonly string[] = [];
  /** Whether it has said that it has everything. */
  async function check(): Promise<boolean> {
    try {
      missing = missingIn(await sidecar.metadata(background(timeoutMs)), needed, app);
      problems.report("sidecar", missing);
      return missing.length === 0;
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return false;
    }
  }
  return {
    passes: () => missing.length === 0,
    async untilLoaded(components) {
      needed = components;
      while (!(await check())) await pause(waitMs);
    },
    watch: (log) => startSweep("what the sidecar has loaded", everyMs, log, async () => void (await check())),
  };
}
