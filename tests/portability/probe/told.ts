import { z } from "zod";

/** What an event tells the handlers of the probes to do with it. It is the event's data. */
export const told = z.object({
  run: z.string(),
  key: z.string(),
  version: z.int().default(1),
  /** So many deliveries fail, before one succeeds. */
  failures: z.int().default(0),
  /** How they fail: for a reason of the event's own, or because something is not reachable just now. */
  trouble: z.enum(["own", "passing"]).default("own"),
  /** What the first delivery does: not come back until it is released, or end the process at once. */
  first: z.enum(["hold", "die-before-effect", "die-after-effect"]).optional(),
  padding: z.string().default(""),
});

export type Told = z.infer<typeof told>;
export type Tell = z.input<typeof told>;
