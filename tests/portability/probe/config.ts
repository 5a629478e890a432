import { platformConfig } from "@sidecart/platform/config";
import { z } from "zod";

const topics = z.string().transform((list) => list.split(",").filter((topic) => topic !== ""));

export const probeConfig = platformConfig.extend({
  /** The topics that it subscribes to: all that its app may, comma-separated. */
  PROBE_TOPICS: topics,
  /** The topics that it publishes, and the topic that announces changes to every gateway replica, if there is one. */
  PROBE_PUBLISHES: topics,
  PROBE_DIGEST: z.string().optional(),
  /** The keys of operators' tokens: those of the test, since accounts is a probe itself. */
  PROBE_JWKS: z.string(),
  /** Breaks the handler: it acknowledges events even when handling fails. */
  PROBE_SWALLOWS_ERRORS: z.stringbool().default(false),
});

export type ProbeConfig = z.infer<typeof probeConfig>;
