import { newId } from "@sidecart/platform/ids";
import { eventually } from "../../support/eventually.ts";
import type { InstructionInput } from "../probe/instructions.ts";
import type { Probes, Service } from "./probes.ts";
import type { Behind } from "./servers.ts";

export type Sent = { id: string; topic: string; key: string; version: number };
type Row = { service: Service; id: string; effects: number };

const perStatement = 50;
/** Events that a process of an earlier test held when it was killed are redelivered within this time (docs/brokers.md). */
const redeliveryMs = 150_000;

export type Run = ReturnType<typeof startRun>;

/** The events of one test and their effects. */
export function startRun(probes: Probes, { backlog }: Behind) {
  const run = newId();
  const sent: Sent[] = [];
  const { services, subscribers, publisher, query } = probes;

  /** Commits events with these instructions, through the publisher of the topic. */
  async function send(topic: string, instructions: Omit<InstructionInput, "run">[]): Promise<Sent[]> {
    const events = instructions.map((data) => ({ id: newId(), topic, key: data.key, data: { ...data, run } }));
    for (let at = 0; at < events.length; at += perStatement) {
      await probes.write(publisher(topic), events.slice(at, at + perStatement));
    }
    const created = events.map(({ id, key, data }) => ({ id, topic, key, version: data.version ?? 1 }));
    sent.push(...created);
    return created;
  }

  const effects = async (): Promise<Row[]> => {
    const text = `select $1 as service, event_id as id, count(*)::int as effects
                  from probe_effects where run = $2 group by event_id`;
    return (await Promise.all(services.map((service) => query<Row>(service, text, [service, run])))).flat();
  };

  /** Describes each missing, duplicate or unexpected effect. */
  async function problems(): Promise<string[]> {
    const found = new Map((await effects()).map(({ service, id, effects }) => [`${service} ${id}`, effects]));
    const unequal: string[] = [];
    for (const { id, topic } of sent) {
      for (const service of subscribers(topic)) {
        const count = found.get(`${service} ${id}`) ?? 0;
        found.delete(`${service} ${id}`);
        if (count !== 1) unequal.push(`${service}: ${count} effects of ${topic} ${id}`);
      }
    }
    return [...unequal, ...[...found.keys()].map((one) => `${one}: an effect of an event without a subscription`)];
  }

  const rows = async () => {
    const text = "select count(*)::int as rows from outbox";
    const all = await Promise.all(services.map((service) => query<{ rows: number }>(service, text)));
    return all.flat().reduce((sum, one) => sum + one.rows, 0);
  };

  /** Waits until outboxes and broker are empty. */
  const quiet = (withinMs = redeliveryMs) =>
    eventually(
      "outboxes and broker to be empty",
      async () => {
        const [waiting, unread] = [await rows(), await backlog()];
        if (waiting + unread > 0) throw new Error(`${waiting} rows in outboxes, ${unread} messages in the broker`);
        return true;
      },
      withinMs,
    );

  /** Waits until every effect exists and outboxes and broker are empty. Returns the remaining problems. */
  async function settled(withinMs = redeliveryMs): Promise<string[]> {
    const nothingMissing = async () => {
      const missing = (await problems()).filter((one) => one.includes(": 0 effects"));
      if (missing.length === 0) return true;
      const kinds = Object.entries(Object.groupBy(missing, (one) => one.replace(/ \S+$/, "")));
      throw new Error(kinds.map(([kind, some]) => `${some?.length} × ${kind}`).join("; "));
    };
    await eventually("every effect", nothingMissing, withinMs).catch(async (cause) => {
      throw new Error(`${await rows()} rows in outboxes, ${await backlog()} messages in the broker`, { cause });
    });
    await quiet(withinMs);
    return problems();
  }

  /** The pids to which an event was delivered, unordered. Recorded only for events with special instructions. */
  const deliveries = async (service: Service, id: string): Promise<number[]> => {
    const rows = await query<{ pid: number }>(service, "select pid from probe_deliveries where event_id = $1", [id]);
    return rows.map(({ pid }) => pid);
  };

  /** The events of this run that are not published yet or that the broker rejected. */
  const waiting = async (): Promise<Sent[]> => {
    const text = "select id from outbox where data->>'run' = $1";
    const rows = await Promise.all(services.map((service) => query<{ id: string }>(service, text, [run])));
    const ids = new Set(rows.flat().map(({ id }) => id));
    return sent.filter(({ id }) => ids.has(id));
  };

  return { id: run, waiting, sent, send, effects, problems, quiet, settled, deliveries };
}
