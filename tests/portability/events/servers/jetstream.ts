import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import type { Launched } from "@sidecart/local/launch";
import type { Test } from "tap";
import { secretOf } from "../secret.ts";
import type { Behind } from "./behind.ts";
import { oneLargeAmong } from "./tells.ts";

const limit = 100_000;

/** NATS JetStream. */
export async function jetstream(t: Test, system: Launched): Promise<Behind> {
  const url = new URL(secretOf(system, "jetstream", "natsURL"));
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const connection = await connect({ servers: url.host, user, pass, maxReconnectAttempts: -1 });
  t.teardown(() => connection.close());
  const manager = await jetstreamManager(connection);
  return {
    version: async () => connection.info?.version ?? "",
    /** The undelivered or unacknowledged messages of every service's consumer of every stream. */
    async backlog() {
      let waiting = 0;
      for await (const stream of manager.streams.list()) {
        if (stream.config.name === "sidecart-broadcast") continue;
        for await (const consumer of manager.consumers.list(stream.config.name)) {
          waiting += consumer.num_pending + consumer.num_ack_pending;
        }
      }
      return waiting;
    },
    async refuse(_probes, topic) {
      const stream = await manager.streams.find(topic);
      await manager.streams.update(stream, { max_msg_size: limit });
      return {
        tells: oneLargeAmong(30, 2 * limit),
        end: async () => void (await manager.streams.update(stream, { max_msg_size: -1 })),
      };
    },
  };
}
