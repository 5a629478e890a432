import { z } from "zod";

/** The data of an event. It tells the probes' handlers what to do. */
export const instructionSchema = z.object({
  run: z.string(),
  key: z.string(),
  version: z.int().default(1),
  /** How many deliveries fail before one succeeds. */
  failures: z.int().default(0),
  /** Why deliveries fail: `own` is an error of the event itself, `passing` a temporary outage of a dependency. */
  trouble: z.enum(["own", "passing"]).default("own"),
  /** What the first delivery does: block until it is released, or kill the process. */
  first: z.enum(["hold", "die-before-effect", "die-after-effect"]).optional(),
  padding: z.string().default(""),
});

export type Instruction = z.infer<typeof instructionSchema>;
export type InstructionInput = z.input<typeof instructionSchema>;
