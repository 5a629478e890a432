import { StructSchema } from "@bufbuild/protobuf/wkt";
import { implement } from "@sidecart/platform/app-server";
import { EventTooLarge, eventType } from "@sidecart/platform/events";
import type { Platform, Wiring } from "@sidecart/platform/service";
import { on } from "@sidecart/platform/subscriptions";
import { verifierFrom } from "@sidecart/platform/tokens";
import type { ProbeConfig } from "./config.ts";
import { createHandling } from "./handling.ts";
import { ProbeService } from "./probe-service.ts";
import { createRecords, type Written } from "./records.ts";

/** The probe of a service, wired like one. */
export function wire({ database, kickOutbox }: Platform, config: ProbeConfig): Wiring {
  const records = createRecords(database);
  const handling = createHandling(records, config.PROBE_SWALLOWS_ERRORS);
  const probe = implement(ProbeService, {
    async publish({ value }, context) {
      const { events } = JSON.parse(value) as { events: Written[] };
      try {
        await records.write(events, context);
      } catch (error) {
        if (error instanceof EventTooLarge) return { value: JSON.stringify({ refused: error.message }) };
        throw error;
      }
      kickOutbox();
      return { value: "{}" };
    },
    async release({ value }) {
      const { id } = JSON.parse(value) as { id: string };
      return { value: JSON.stringify({ released: handling.release(id) }) };
    },
    async heard() {
      throw new Error("what it has heard stands in its database");
    },
  });
  return {
    rpc: [probe],
    subscriptions: config.PROBE_TOPICS.map((topic) => on(eventType(topic, StructSchema), handling.handle)),
    verifier: verifierFrom(async () => config.PROBE_JWKS),
  };
}
