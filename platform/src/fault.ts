import { z } from "zod";

const signals = ["SIGKILL", "SIGSTOP"] as const;
const steps = ["before-publish", "before-settle"] as const;

/** A step of the outbox relay at which a crash must lose no event. */
export type Step = (typeof steps)[number];

/**
 * Fault tests only: a signal and the step at which the process sends it to itself, such as `SIGKILL@before-publish`.
 */
export const fault = z.templateLiteral([z.enum(signals), "@", z.enum(steps)]);
export type Fault = z.infer<typeof fault>;

/**
 * Call the returned function at every step. At the first step that the fault names, the process sends itself the
 * signal.
 */
export function armFault(setting: Fault | undefined): (step: Step) => void {
  let [signal, armed] = setting?.split("@") ?? [];
  return (step) => {
    if (step !== armed) return;
    armed = undefined;
    process.kill(process.pid, signal);
  };
}
