import { platformConfig } from "@sidecart/platform/config";
import { z } from "zod";

const topics = z.string().transform((list) => list.split(",").filter((topic) => topic !== ""));

export const probeConfig = platformConfig.extend({
  /** What it hears: the topics that its app may, comma-separated. */
  PROBE_TOPICS: topics,
  /** What it publishes, and the topic under which every replica of the gateway is told of that, if there is one. */
  PROBE_PUBLISHES: topics,
  PROBE_DIGEST: z.string().optional(),
  /** Whose tokens operators show: the keys of the test, since accounts is a probe itself. */
  PROBE_JWKS: z.string(),
  /** Breaks the handler: whatever fails, it says that it has handled the event. */
  PROBE_SWALLOWS_ERRORS: z.stringbool().default(false),
});

export type ProbeConfig = z.infer<typeof probeConfig>;
