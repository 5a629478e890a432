import { background } from "../rpc/call.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Logger } from "../telemetry/log.ts";
import { toCloudEvent, type WrittenRow } from "./events.ts";
import { cut, type Message, messagesOf } from "./messages.ts";

/** A sidecar accepts requests of up to 4 MiB. An event (events.ts) is always smaller than this. */
const bulk = { bytes: 1024 * 1024, count: Number.POSITIVE_INFINITY };
/** How many events of refused bulks are remembered. */
const maxSuspects = 1_000;
const timeoutMs = 8_000;

export type BulkPublisherOptions = { sidecar: Sidecar; appId: string; pubsub: string; log: Logger };

/** Publishes rows in bulk. Returns the ids of the rows that the broker refused, or may have refused. */
export type BulkPublisher = (rows: WrittenRow[]) => Promise<Set<string>>;

/**
 * When a broker refuses one message, the sidecar reports the whole bulk as failed without naming the message. So the
 * next time each event of a failed bulk is published alone: the good ones succeed, some of them twice.
 */
export function createBulkPublisher({ sidecar, appId, pubsub, log }: BulkPublisherOptions): BulkPublisher {
  const suspects = new Set<string>();

  async function publishTopic(topic: string, rows: WrittenRow[]): Promise<string[]> {
    const events = rows.map((row) => ({ id: row.id, event: toCloudEvent(row, appId, row.createdAt) }));
    const alone = events.filter(({ id }) => suspects.has(id)).map((event) => messagesOf([event]));
    const together = bulksOf(messagesOf(events.filter(({ id }) => !suspects.has(id))));
    const refused = await Promise.all([...together, ...alone].map((messages) => publishBulk(topic, messages)));
    return refused.flat();
  }

  async function publishBulk(topic: string, messages: Message[]): Promise<string[]> {
    const refused = await tryBulk(topic, messages);
    for (const id of idsOf(messages)) suspects.delete(id);
    const failed = idsOf(refused);
    // an event that was published alone and failed is published alone again
    for (const id of failed) if (suspects.size < maxSuspects) suspects.add(id);
    return failed;
  }

  async function tryBulk(topic: string, messages: Message[]): Promise<Message[]> {
    try {
      const refused = await sidecar.publish(pubsub, topic, messages, background(timeoutMs));
      if (refused.size > 0) log.warn({ topic, refused: refused.size }, "outbox: the broker refused some messages");
      return messages.filter(({ id }) => refused.has(id));
    } catch (error) {
      log.warn({ err: error, topic, events: idsOf(messages).length }, "outbox: publishing failed");
      return messages;
    }
  }

  return async (rows) => {
    const byTopic = Object.entries(Object.groupBy(rows, (row) => row.topic));
    const failures = await Promise.all(byTopic.map(([topic, some]) => publishTopic(topic, some ?? [])));
    return new Set(failures.flat());
  };
}

const idsOf = (messages: Message[]) => messages.flatMap(({ ids }) => ids);

/** Splits messages into calls that the sidecar accepts. */
export const bulksOf = (messages: Message[]): Message[][] => cut(messages, ({ body }) => body.length, bulk);
