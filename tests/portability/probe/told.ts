import { z } from "zod";

/** An event's instructions for the probes' handlers. They are the event's data. */
export const told = z.object({
  run: z.string(),
  key: z.string(),
  version: z.int().default(1),
  /** The number of deliveries that fail before one succeeds. */
  failures: z.int().default(0),
  /** Why they fail: for a reason of the event's own, or because a part of the system is not reachable. */
  trouble: z.enum(["own", "passing"]).default("own"),
  /** The first delivery waits until it is released, or ends the process at once. */
  first: z.enum(["hold", "die-before-effect", "die-after-effect"]).optional(),
  padding: z.string().default(""),
});

export type Told = z.infer<typeof told>;
export type Tell = z.input<typeof told>;
