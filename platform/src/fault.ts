import { z } from "zod";

const signals = ["SIGKILL", "SIGSTOP"] as const;
const steps = ["before-publish", "before-settle"] as const;

/** A step of the outbox relay at which nothing may get lost, whatever happens to the process there. */
export type Step = (typeof steps)[number];

/** Fault tests only: what the process does to itself where, such as `SIGKILL@before-publish`. */
export const fault = z.templateLiteral([z.enum(signals), "@", z.enum(steps)]);
export type Fault = z.infer<typeof fault>;

/** To be called at every step: at the first one that the fault names, the process sends itself the signal. */
export function armFault(setting: Fault | undefined): (step: Step) => void {
  let [signal, armed] = setting?.split("@") ?? [];
  return (step) => {
    if (step !== armed) return;
    armed = undefined;
    process.kill(process.pid, signal);
  };
}
