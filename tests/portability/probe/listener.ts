import { onEveryReplica } from "@sidecart/platform/events";
import { implement } from "@sidecart/platform/rpc";
import type { Platform, Wiring } from "@sidecart/platform/run";
import type { ServiceDeclaration } from "@sidecart/platform/service";
import { OrdersChangedSchema } from "@sidecart/proto/orders/v1/events";
import type { ProbeConfig } from "./config.ts";
import { ProbeService } from "./probe-service.ts";

/** The probe of the gateway, which has no database. Every replica keeps received events in memory. */
export function wireListener({ config }: Platform<ServiceDeclaration, ProbeConfig>): Wiring {
  const heard = new Map<string, string[]>();
  const subscriptions = config.PROBE_TOPICS.map((topic) =>
    onEveryReplica({ topic, schema: OrdersChangedSchema }, async ({ data }) => {
      for (const { id, owner: run } of data.changes) heard.set(run, [...(heard.get(run) ?? []), id]);
    }),
  );
  const nobody = async (): Promise<never> => {
    throw new Error("it has no database");
  };
  const probe = implement(ProbeService, {
    publish: nobody,
    release: nobody,
    async heard({ value }) {
      const { run } = JSON.parse(value) as { run: string };
      return { value: JSON.stringify({ ids: heard.get(run) ?? [] }) };
    },
  });
  return { rpc: [probe], subscriptions };
}
