import { background } from "./call.ts";
import { type Database, instant, sql } from "./database.ts";
import { type OutboxRow, toCloudEvent } from "./events.ts";
import type { Step } from "./fault.ts";
import type { Logger } from "./log.ts";
import type { BulkEntry, Sidecar } from "./sidecar.ts";
import { meter } from "./telemetry.ts";

const batchSize = 200;
/** A sidecar takes messages of up to 4 MiB; one event larger than this goes alone. */
const maxBulkBytes = 1024 * 1024;
/** How long a stopping relay goes on publishing what is due. */
const lastBatchesMs = 3_000;
/** A claimed row that was not marked by then is another relay's to publish: the first one died. */
const leaseSeconds = 10;
const sweepMs = 2_000;
const timeoutMs = 8_000;

type ClaimedRow = OutboxRow & { createdAt: string };

const claim = sql(
  "outbox.claim",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(size int, lease int)),
   due as (
     select id from outbox where claimed_until <= now() order by claimed_until, id
     limit (select size from input) for update skip locked),
   claimed as (
     update outbox o set claimed_until = now() + make_interval(secs => input.lease)
     from input where o.id = any (array(select id from due)) returning o.*)
   select coalesce(jsonb_agg(jsonb_build_object('id', id, 'topic', topic, 'key', key, 'data', data,
     'traceparent', traceparent, 'createdAt', ${instant("created_at")}) order by id), '[]')::text from claimed`,
);

const settle = sql(
  "outbox.settle",
  `with input as (select * from jsonb_to_record($1::jsonb) as i(published uuid[], failed uuid[])),
   gone as (delete from outbox using input where id = any (published) returning id),
   back as (
     update outbox set claimed_until = now() + interval '1 second' from input where id = any (failed) returning id)
   select jsonb_build_object('published', (select count(*) from gone), 'failed', (select count(*) from back))::text`,
);

/** Publishes what statements left in the outbox, at least once each, until it is stopped. */
export type OutboxRelay = {
  /** Something was just written: do not wait for the sweep. */
  kick(): void;
  /** Publishes what is due, for at most 3 seconds, and ends; what is left is another relay's, or the next start's. */
  stop(): Promise<void>;
};

export type OutboxOptions = {
  database: Database;
  sidecar: Sidecar;
  appId: string;
  pubsub: string;
  log: Logger;
  /** For fault tests: told what comes next. */
  reached?: (step: Step) => void;
};

export function startOutboxRelay(options: OutboxOptions): OutboxRelay {
  const wake = new Signal();
  const failures = meter().createCounter("sidecart_outbox_failures_total");
  let stopping = false;
  const publish = () =>
    publishBatch(options).catch((error) => {
      failures.add(1);
      options.log.warn({ err: error }, "outbox: publishing failed; the rows stay and are tried again");
      return false;
    });
  const run = async () => {
    while (!stopping) {
      const more = await publish();
      if (!more && !stopping) await wake.wait(sweepMs);
    }
  };
  const done = run();
  return {
    kick: () => wake.notify(),
    async stop() {
      stopping = true;
      wake.notify();
      await done;
      const end = Date.now() + lastBatchesMs;
      while ((await publish()) && Date.now() < end);
    },
  };
}

/** Claims, publishes and settles one batch; true when there may be more at once. */
async function publishBatch(options: OutboxOptions): Promise<boolean> {
  const rows = await options.database.one<ClaimedRow[]>(
    claim,
    { size: batchSize, lease: leaseSeconds },
    background(timeoutMs),
  );
  if (rows.length === 0) return false;
  options.reached?.("before-publish");
  const byTopic = Object.entries(Object.groupBy(rows, (row) => row.topic));
  const failures = await Promise.all(byTopic.map(([topic, some]) => publishTopic(options, topic, some ?? [])));
  const failed = new Set(failures.flat());
  const published = rows.map((row) => row.id).filter((id) => !failed.has(id));
  options.reached?.("before-settle");
  await options.database.one(settle, { published, failed: [...failed] }, background(timeoutMs));
  return failed.size === 0 && rows.length === batchSize;
}

/** The ids the broker did not take. */
async function publishTopic(options: OutboxOptions, topic: string, rows: ClaimedRow[]): Promise<string[]> {
  const entries: BulkEntry[] = rows.map((row) => ({
    id: row.id,
    event: toCloudEvent(row, options.appId, row.createdAt),
    contentType: "application/cloudevents+json",
    metadata: { partitionKey: row.key },
  }));
  const refused = await Promise.all(bulks(entries).map((bulk) => publishBulk(options, topic, bulk)));
  return refused.flat();
}

async function publishBulk(options: OutboxOptions, topic: string, entries: BulkEntry[]): Promise<string[]> {
  try {
    const refused = await options.sidecar.publish(options.pubsub, topic, entries, background(timeoutMs));
    if (refused.size > 0) options.log.warn({ topic, refused: refused.size }, "outbox: the broker refused some events");
    return [...refused.keys()];
  } catch (error) {
    options.log.warn({ err: error, topic, events: entries.length }, "outbox: publishing failed");
    return entries.map((entry) => entry.id);
  }
}

/** Cuts a list of events into calls that the sidecar accepts. */
export function bulks(entries: BulkEntry[]): BulkEntry[][] {
  const cut: BulkEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    bytes += entry.event.length;
    if (bytes > maxBulkBytes) {
      cut.push([]);
      bytes = entry.event.length;
    }
    cut.at(-1)?.push(entry);
  }
  return cut;
}

/** Wakes one waiter; a notification that came while nobody waited is kept. */
class Signal {
  #pending = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#pending = true;
    this.#wake?.();
  }

  async wait(timeoutMs: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#pending = false;
    this.#wake = undefined;
  }
}
