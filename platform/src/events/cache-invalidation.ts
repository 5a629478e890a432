import {
  create,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import { type Change, ChangeSchema } from "@sidecart/proto/cache_invalidation/v1/cache_invalidation";
import { systemClock } from "../ids.ts";
import { background } from "../rpc/call.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Logger } from "../telemetry/log.ts";
import { meter } from "../telemetry/telemetry.ts";
import { type EventType, pendingEvent, schemaOf, toCloudEvent, topicOf } from "./events.ts";
import { messagesOf } from "./messages.ts";
import type { PubSub } from "./subscriptions.ts";

const broadcast: PubSub = "broadcast";
/** Short, because the events of the batch count as published only after it. */
const timeoutMs = 2_000;

type Row = { id: string; topic: string; data: unknown };
type ChangeOf = { topic: string; of(data: unknown): Change };

/** The events of a service that invalidate caches, and the type of the broadcast that carries them. */
export type CacheInvalidation = { type: EventType; changes: ChangeOf[] };

/** The broadcast by which a service tells every replica of the gateway what changed. */
export type ChangesMessage = GenMessage<Message & { changes: Change[] }>;

/** Maps an event type to the change that it means for caches. */
export function changeOf<D extends DescMessage>(
  type: EventType<D>,
  of: (data: MessageShape<D>) => { id?: string; owner?: string; version?: number; stock?: number },
): ChangeOf {
  const [topic, schema] = [topicOf(type), schemaOf(type)];
  return {
    topic,
    of: (data) => {
      const message = fromJson(schema, data as JsonValue, { ignoreUnknownFields: true });
      return create(ChangeSchema, { topic, ...of(message) });
    },
  };
}

export type InvalidationPublisher = (rows: Row[]) => Promise<void>;

/**
 * Publishes one digest of the changes of a batch of events to every replica of the gateway. Receiving each event
 * instead would cost every replica as much as all services together. A failed digest is not retried: cache entries
 * expire by their own time to live.
 */
export function createInvalidationPublisher(
  { type, changes }: CacheInvalidation,
  { sidecar, appId, log }: { sidecar: Sidecar; appId: string; log: Logger },
): InvalidationPublisher {
  const byTopic = new Map(changes.map((change) => [change.topic, change]));
  const digests = meter().createCounter("sidecart_digests_total", {
    description: "Digests of the changes of a batch of events, by whether the broker accepted them",
  });

  function changesIn({ id, topic, data }: Row): Change[] {
    const change = byTopic.get(topic);
    try {
      return change ? [change.of(data)] : [];
    } catch (error) {
      log.warn({ err: error, topic, id }, "outbox: an event that does not parse is missing in the digest");
      return [];
    }
  }

  async function publish(rows: Row[]): Promise<void> {
    const found = rows.flatMap(changesIn);
    if (found.length === 0) return;
    const row = {
      ...pendingEvent(type, appId),
      data: { changes: found.map((change) => toJson(ChangeSchema, change)) },
    };
    const event = toCloudEvent(row, appId, systemClock.now().toISOString());
    await sidecar.publish(broadcast, row.topic, messagesOf([{ id: row.id, event }]), background(timeoutMs));
    digests.add(1, { outcome: "published" });
  }

  return async (rows) => {
    try {
      await publish(rows);
    } catch (error) {
      digests.add(1, { outcome: "failed" });
      log.warn(
        { err: error, topic: topicOf(type) },
        "outbox: the digest failed; caches may be stale until their entries expire",
      );
    }
  };
}
