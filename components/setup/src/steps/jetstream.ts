import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { connect, type NatsConnection, nanos } from "@nats-io/transport-node";
import { coerce, satisfies } from "semver";
import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { hearers, topicsOf } from "../scopes.ts";
import { connectWithinMs, hostOf, unusable } from "../server.ts";
import { type Options, type Step, settingsOf } from "../step.ts";

const form = "nats://user:password@host:4222";
/** Room for an event of the largest size (platform/src/events/events.ts) and its headers. */
const payloadBytes = 1_048_576;
const oldest = "2.10";
const hourMs = 60 * 60_000;
/** Within it, an event that is published again is recognised by its id. */
const duplicateWindowMs = 2 * 60_000;
const names = { stream: 10_058, consumer: 10_148 };

/**
 * A stream for each topic with a durable consumer for each service that hears it; for a component that names a stream,
 * that stream instead, which keeps its topics for a short time.
 */
export const jetstream: Step = async (component, options, say) => {
  const connection = await open(component);
  try {
    check(component, connection);
    const manager = await jetstreamManager(connection, { timeout: connectWithinMs });
    const stream = component.setting("streamName");
    if (stream) await makeBroadcast(manager, component, stream, options, say);
    else await makeTopics(manager, component, options, say);
  } catch (error) {
    throw explained(component, error);
  } finally {
    await connection.close();
  }
};

async function open(component: Component): Promise<NatsConnection> {
  const host = hostOf(component, "natsURL", form);
  const servers = component.required("natsURL").split(",");
  const [first] = servers;
  const { username, password } = new URL(first ?? "");
  try {
    return await connect({
      servers: servers.map((server) => new URL(server).host),
      ...(servers.some((server) => server.startsWith("tls:")) && { tls: {} }),
      ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      reconnect: false,
      timeout: connectWithinMs,
    });
  } catch (error) {
    const fix = "check that it runs, and user and password in natsURL of the secret jetstream";
    throw unusable(component, `NATS at ${host}`, error, fix);
  }
}

function check(component: Component, { info }: NatsConnection): void {
  const version = info?.version ?? "0";
  if (!satisfies(coerce(version) ?? "", `>=${oldest}`)) {
    throw new Problem(component.name, `NATS ${version} is too old`, `use ${oldest} or later`);
  }
  if (!info?.jetstream) throw new Problem(component.name, "NATS runs without JetStream", "start it with -js");
  if (info.max_payload >= payloadBytes) return;
  const cause = `NATS takes messages of ${info.max_payload} bytes only`;
  throw new Problem(component.name, cause, `set max_payload to ${payloadBytes} or more`);
}

async function makeTopics(
  manager: JetStreamManager,
  component: Component,
  options: Options,
  say: (line: string) => void,
): Promise<void> {
  for (const topic of topicsOf(component)) {
    const stream = topic.replaceAll(".", "_");
    await makeStream(manager, stream, { ...kept, subjects: [topic] }, options, say);
    for (const { app, topics } of hearers(component)) {
      if (topics.includes(topic)) await makeConsumer(manager, stream, consumer(component, app, topic), say);
    }
  }
}

/** A limit that somebody puts on a stream makes it refuse what is new, which then waits in the outbox. */
const kept: Partial<StreamConfig> = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  duplicate_window: nanos(duplicateWindowMs),
};

const ofOptions = ({ replicas, retentionHours }: Options): Partial<StreamConfig> => ({
  ...(replicas && { num_replicas: replicas }),
  ...(retentionHours && { max_age: nanos(retentionHours * hourMs) }),
});

/** Consumers last an hour without their reader, so that one that is cut off for a while goes on. */
async function makeBroadcast(
  manager: JetStreamManager,
  component: Component,
  name: string,
  options: Options,
  say: (line: string) => void,
): Promise<void> {
  const config = {
    ...kept,
    discard: DiscardPolicy.Old,
    max_age: nanos(hourMs),
    subjects: topicsOf(component),
    // it was a copy of other streams once
    sources: [],
    consumer_limits: { inactive_threshold: nanos(hourMs) },
  };
  await makeStream(manager, name, config, options, say);
}

async function makeStream(
  manager: JetStreamManager,
  name: string,
  config: Partial<StreamConfig>,
  options: Options,
  say: (line: string) => void,
): Promise<void> {
  try {
    await manager.streams.add({ ...ofOptions(settingsOf(options)), ...config, name });
    say(`stream ${name}`);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === names.stream)) throw error;
    await manager.streams.update(name, { ...ofOptions(options), ...config });
    say(`stream ${name} is up to date`);
  }
}

/** As the sidecar itself would make it, which it does not when it finds it; but no two replicas race for it then. */
function consumer(component: Component, app: string, topic: string): ConsumerConfig {
  const filled = (setting: string) => component.required(setting).replaceAll("{appID}", app);
  return {
    durable_name: filled("durableName"),
    deliver_group: filled("queueGroupName"),
    deliver_subject: `sidecart.deliver.${app}.${topic.replaceAll(".", "_")}`,
    filter_subject: topic,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    replay_policy: ReplayPolicy.Instant,
    max_deliver: -1,
    max_ack_pending: Number(component.required("maxAckPending")),
    backoff: component
      .required("backOff")
      .split(",")
      .map((text) => duration(component, text)),
  };
}

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: hourMs };

/** Nanoseconds of a Go duration with one unit: `20s`. */
function duration(component: Component, text: string): number {
  const [, count, unit = ""] = text.trim().match(/^(\d+)(ms|s|m|h)$/) ?? [];
  const unitMs = units[unit];
  if (count !== undefined && unitMs !== undefined) return nanos(Number(count) * unitMs);
  throw new Problem(component.name, `backOff ${text.trim()} is not a time`, "write each with one unit, as 90s or 5m");
}

async function makeConsumer(
  manager: JetStreamManager,
  stream: string,
  config: ConsumerConfig,
  say: (line: string) => void,
): Promise<void> {
  const name = config.durable_name ?? "";
  try {
    await manager.consumers.add(stream, config);
    say(`consumer ${name} of ${stream}`);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === names.consumer)) throw error;
    const { max_ack_pending, backoff, max_deliver } = config;
    await manager.consumers.update(stream, name, { ...(max_ack_pending && { max_ack_pending }), backoff, max_deliver });
    say(`consumer ${name} of ${stream} is up to date`);
  }
}

function explained(component: Component, error: unknown): Error {
  if (error instanceof Problem) return error;
  const fix = "see `nats stream ls` and `nats consumer ls`: what another program has made there must be mended by hand";
  return new Problem(component.name, `NATS refused: ${reasonOf(error)}`, fix);
}
