import { platformConfig } from "@sidecart/platform/config";
import { z } from "zod";

const topics = z.string().transform((list) => list.split(",").filter((topic) => topic !== ""));

export const probeConfig = platformConfig.extend({
  /** The topics to subscribe to, comma-separated: all that the app may. */
  PROBE_TOPICS: topics,
  /** The topics that it publishes, and the broadcast topic of their changes, if there is one. */
  PROBE_PUBLISHES: topics,
  PROBE_DIGEST: z.string().optional(),
  /** The keys that verify operators' tokens. They belong to the test, because accounts is a probe too. */
  PROBE_JWKS: z.string(),
  /** Breaks the handler: it acknowledges every event, even after an error. */
  PROBE_SWALLOWS_ERRORS: z.stringbool().default(false),
});

export type ProbeConfig = z.infer<typeof probeConfig>;
