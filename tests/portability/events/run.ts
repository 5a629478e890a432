import { newId } from "@sidecart/platform/ids";
import { eventually } from "../../support/eventually.ts";
import type { Tell } from "../probe/told.ts";
import type { Probes, Service } from "./probes.ts";
import type { Behind } from "./servers/behind.ts";

export type Sent = { id: string; topic: string; key: string; version: number };
type Row = { service: Service; id: string; effects: number };

const perStatement = 50;
/**
 * Messages of a process that an earlier test killed may still be redelivered: docs/brokers.md says how long that takes.
 */
const mostMs = 150_000;

export type Run = ReturnType<typeof startRun>;

/** The events of one test and their effects. */
export function startRun(probes: Probes, { backlog }: Behind) {
  const run = newId();
  const sent: Sent[] = [];
  const { services, hearers, publisher, query } = probes;

  /** Commits events with instructions for their handlers, by a service that may publish the topic. */
  async function send(topic: string, tells: Omit<Tell, "run">[]): Promise<Sent[]> {
    const events = tells.map((tell) => ({ id: newId(), topic, key: tell.key, data: { ...tell, run } }));
    for (let at = 0; at < events.length; at += perStatement) {
      await probes.write(publisher(topic), events.slice(at, at + perStatement));
    }
    const made = events.map(({ id, key, data }) => ({ id, topic, key, version: data.version ?? 1 }));
    sent.push(...made);
    return made;
  }

  const effects = async (): Promise<Row[]> => {
    const text = `select $1 as service, event_id as id, count(*)::int as effects
                  from probe_effects where run = $2 group by event_id`;
    return (await Promise.all(services.map((service) => query<Row>(service, text, [service, run])))).flat();
  };

  const wrongs = async (): Promise<string[]> => wrongEffects(await effects(), sent, hearers);

  const rows = async () => {
    const text = "select count(*)::int as rows from outbox";
    const all = await Promise.all(services.map((service) => query<{ rows: number }>(service, text)));
    return all.flat().reduce((sum, one) => sum + one.rows, 0);
  };

  /** Waits until outboxes and broker are empty. */
  const quiet = (withinMs = mostMs) =>
    eventually(
      "outboxes and broker to be empty",
      async () => {
        const [waiting, unread] = [await rows(), await backlog()];
        if (waiting + unread > 0) throw new Error(`${waiting} rows in outboxes, ${unread} messages in the broker`);
        return true;
      },
      withinMs,
    );

  /** Waits until every event has taken effect and outboxes and broker are empty; then returns the errors. */
  async function settled(withinMs = mostMs): Promise<string[]> {
    const nothingMissing = async () => {
      const missing = (await wrongs()).filter((one) => one.includes(": 0 effects"));
      if (missing.length === 0) return true;
      const kinds = Object.entries(Object.groupBy(missing, (one) => one.replace(/ \S+$/, "")));
      throw new Error(kinds.map(([kind, some]) => `${some?.length} × ${kind}`).join("; "));
    };
    await eventually("every effect", nothingMissing, withinMs).catch(async (cause) => {
      throw new Error(`${await rows()} rows in outboxes, ${await backlog()} messages in the broker`, { cause });
    });
    await quiet(withinMs);
    return wrongs();
  }

  return { id: run, sent, send, effects, wrongs, quiet, settled, ...progress(probes, run, sent) };
}

/** Facts about single events of a run. */
function progress({ services, query }: Probes, run: string, sent: readonly Sent[]) {
  return {
    /** The pids to which an event was delivered, in no order; only for events with special instructions. */
    async deliveries(service: Service, id: string): Promise<number[]> {
      const rows = await query<{ pid: number }>(service, "select pid from probe_deliveries where event_id = $1", [id]);
      return rows.map(({ pid }) => pid);
    },
    /** The events of this run that were refused or not published yet. */
    async waiting(): Promise<Sent[]> {
      const text = "select id from outbox where data->>'run' = $1";
      const rows = await Promise.all(services.map((service) => query<{ id: string }>(service, text, [run])));
      const ids = new Set(rows.flat().map(({ id }) => id));
      return sent.filter(({ id }) => ids.has(id));
    },
  };
}

/** Each sentence is one missing or surplus effect. */
function wrongEffects(effects: Row[], sent: readonly Sent[], hearers: Probes["hearers"]): string[] {
  const found = new Map(effects.map(({ service, id, effects }) => [`${service} ${id}`, effects]));
  const wrong: string[] = [];
  for (const { id, topic } of sent) {
    for (const service of hearers(topic)) {
      const count = found.get(`${service} ${id}`) ?? 0;
      found.delete(`${service} ${id}`);
      if (count !== 1) wrong.push(`${service}: ${count} effects of ${topic} ${id}`);
    }
  }
  return [...wrong, ...[...found.keys()].map((one) => `${one}: an effect of an event that it does not hear`)];
}
