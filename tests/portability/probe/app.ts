import { toJson } from "@bufbuild/protobuf";
import { type Struct, StructSchema } from "@bufbuild/protobuf/wkt";
import { type CacheInvalidation, changeOf, EventTooLarge, on } from "@sidecart/platform/events";
import { implement, verifierFrom } from "@sidecart/platform/rpc";
import type { Platform, Wiring } from "@sidecart/platform/run";
import type { ServiceDeclaration } from "@sidecart/platform/service";
import { OrdersChangedSchema } from "@sidecart/proto/orders/v1/events";
import type { ProbeConfig } from "./config.ts";
import { createHandling } from "./handling.ts";
import { ProbeService } from "./probe-service.ts";
import { createRecords, type Written } from "./records.ts";
import { told } from "./told.ts";

type Probed = ServiceDeclaration & { readonly database: true };

/** A probe that is wired like a service. */
export function wire({ database, config }: Platform<Probed, ProbeConfig>): Wiring<Probed> {
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
      return { value: "{}" };
    },
    async release({ value }) {
      const { id } = JSON.parse(value) as { id: string };
      return { value: JSON.stringify({ released: handling.release(id) }) };
    },
    async heard() {
      throw new Error("the events that it has received are in its database");
    },
  });
  return {
    rpc: [probe],
    subscriptions: config.PROBE_TOPICS.map((topic) => on({ topic, schema: StructSchema }, handling.handle)),
    ...(config.PROBE_DIGEST && { cacheInvalidation: invalidationOf(config.PROBE_DIGEST, config.PROBE_PUBLISHES) }),
    verifier: verifierFrom(
      async () => config.PROBE_JWKS,
      async ({ roles }) => roles,
    ),
  };
}

/** The key of an event identifies its run. */
function invalidationOf(topic: string, published: string[]): CacheInvalidation {
  const change = (data: Struct) => {
    const { run, key } = told.parse(toJson(StructSchema, data));
    return { id: key, owner: run };
  };
  const changes = published.map((topic) => changeOf({ topic, schema: StructSchema }, change));
  return { type: { topic, schema: OrdersChangedSchema }, changes };
}
