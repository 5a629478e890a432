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
  /** True while, as far as known, the sidecar has loaded all that is needed. */
  passes(): boolean;
  /**
   * Resolves when the sidecar has loaded these components. Until then the app does not listen, so nothing is delivered.
   */
  untilLoaded(components: readonly string[]): Promise<void>;
  /** Repeats the check, because a restarted sidecar may lack what the earlier one had. */
  watch(log: Logger): Sweep;
};

/**
 * Compares what the sidecar has loaded with what the app needs. A sidecar that does not respond is not counted as a
 * problem.
 */
export function createSidecarCheck(app: string, sidecar: Pick<Sidecar, "metadata">, problems: Problems): SidecarCheck {
  let needed: readonly string[] = [];
  let missing: readonly string[] = [];
  /** Whether the sidecar has confirmed that it has everything. */
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
