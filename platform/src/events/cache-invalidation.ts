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
/** The events of the batch wait for it, before they count as published. */
const timeoutMs = 2_000;

type Row = { id: string; topic: string; data: unknown };
type ChangeOf = { topic: string; of(data: unknown): Change };

/** Which of a service's events caches hear of, and under which topic. */
export type CacheInvalidation = { type: EventType; changes: ChangeOf[] };

/** The message by which a service tells every replica of the gateway what changed. */
export type ChangesMessage = GenMessage<Message & { changes: Change[] }>;

/** Says which change an event stands for. */
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
 * Tells every replica of the gateway in one event what a batch of events changed, since to hear each of them would cost
 * every replica as much as all services together. It is not tried again when it fails: caches have a bound of their own.
 */
export function createInvalidationPublisher(
  { type, changes }: CacheInvalidation,
  { sidecar, appId, log }: { sidecar: Sidecar; appId: string; log: Logger },
): InvalidationPublisher {
  const byTopic = new Map(changes.map((change) => [change.topic, change]));
  const digests = meter().createCounter("sidecart_digests_total", {
    description: "Digests that tell caches what a batch of events changed, by whether the broker took them",
  });

  function changesIn({ id, topic, data }: Row): Change[] {
    const change = byTopic.get(topic);
    try {
      return change ? [change.of(data)] : [];
    } catch (error) {
      log.warn({ err: error, topic, id }, "outbox: an event that does not parse is left out of the digest");
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
        "outbox: the digest failed; caches may be stale until their bound",
      );
    }
  };
}
