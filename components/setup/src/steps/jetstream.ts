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
import { subscribers, topicsOf } from "../scopes.ts";
import { connectWithinMs, hostOf, unusable } from "../server.ts";
import { type Options, type Step, settingsOf } from "../step.ts";

const form = "nats://user:password@host:4222";
/** Large enough for an event of the maximum size (platform/src/events/events.ts) and its headers. */
const payloadBytes = 1_048_576;
const minimumVersion = "2.10";
const hourMs = 60 * 60_000;
/** Within this window, JetStream drops an event with a known id as a duplicate. */
const duplicateWindowMs = 2 * 60_000;
/** JetStream's error codes for a name that already exists with another configuration. */
const nameInUse = { stream: 10_058, consumer: 10_148 };

/**
 * Creates a stream for each topic and a durable consumer for each subscribing service. A component that names a stream is
 * a broadcast: it gets only that stream, which keeps the events of all its topics for a short time.
 */
export const jetstream: Step = async (component, options, log) => {
  const connection = await open(component);
  try {
    check(component, connection);
    const manager = await jetstreamManager(connection, { timeout: connectWithinMs });
    const stream = component.setting("streamName");
    if (stream) await createBroadcast(manager, component, stream, options, log);
    else await createTopics(manager, component, options, log);
  } catch (error) {
    throw toProblem(component, error);
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
    const fix = "check that it runs, and check user and password in natsURL of the secret jetstream";
    throw unusable(component, `NATS at ${host}`, error, fix);
  }
}

function check(component: Component, { info }: NatsConnection): void {
  const version = info?.version ?? "0";
  if (!satisfies(coerce(version) ?? "", `>=${minimumVersion}`)) {
    throw new Problem(component.name, `NATS ${version} is too old`, `use ${minimumVersion} or later`);
  }
  if (!info?.jetstream) throw new Problem(component.name, "NATS runs without JetStream", "start it with -js");
  if (info.max_payload >= payloadBytes) return;
  const cause = `NATS accepts at most ${info.max_payload} bytes per message`;
  throw new Problem(component.name, cause, `set max_payload to ${payloadBytes} or more`);
}

async function createTopics(
  manager: JetStreamManager,
  component: Component,
  options: Options,
  log: (line: string) => void,
): Promise<void> {
  for (const topic of topicsOf(component)) {
    const stream = topic.replaceAll(".", "_");
    await createStream(manager, stream, { ...streamDefaults, subjects: [topic] }, options, log);
    for (const { app, topics } of subscribers(component)) {
      if (topics.includes(topic)) await createConsumer(manager, stream, consumer(component, app, topic), log);
    }
  }
}

/** When an operator limits a stream and it is full, it rejects new events, and they wait in the outbox. */
const streamDefaults: Partial<StreamConfig> = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  duplicate_window: nanos(duplicateWindowMs),
};

const streamOptions = ({ replicas, retentionHours }: Options): Partial<StreamConfig> => ({
  ...(replicas && { num_replicas: replicas }),
  ...(retentionHours && { max_age: nanos(retentionHours * hourMs) }),
});

/** A consumer exists for an hour without its reader, so that a replica can continue after a network failure. */
async function createBroadcast(
  manager: JetStreamManager,
  component: Component,
  name: string,
  options: Options,
  log: (line: string) => void,
): Promise<void> {
  const config = {
    ...streamDefaults,
    discard: DiscardPolicy.Old,
    max_age: nanos(hourMs),
    subjects: topicsOf(component),
    // In earlier versions the stream was a copy of other streams.
    sources: [],
    consumer_limits: { inactive_threshold: nanos(hourMs) },
  };
  await createStream(manager, name, config, options, log);
}

async function createStream(
  manager: JetStreamManager,
  name: string,
  config: Partial<StreamConfig>,
  options: Options,
  log: (line: string) => void,
): Promise<void> {
  try {
    await manager.streams.add({ ...streamOptions(settingsOf(options)), ...config, name });
    log(`created stream ${name}`);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === nameInUse.stream)) throw error;
    await manager.streams.update(name, { ...streamOptions(options), ...config });
    log(`stream ${name} is up to date`);
  }
}

/** The same consumer as the sidecar would create. Creating it first avoids a race between replicas. */
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
      .map((text) => parseDuration(component, text)),
  };
}

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: hourMs };

/** Parses a Go duration with one unit, such as `20s`, to nanoseconds. */
function parseDuration(component: Component, text: string): number {
  const [, count, unit = ""] = text.trim().match(/^(\d+)(ms|s|m|h)$/) ?? [];
  const unitMs = units[unit];
  if (count !== undefined && unitMs !== undefined) return nanos(Number(count) * unitMs);
  throw new Problem(
    component.name,
    `backOff ${text.trim()} is not a valid duration`,
    "write each duration with one unit, such as 90s or 5m",
  );
}

async function createConsumer(
  manager: JetStreamManager,
  stream: string,
  config: ConsumerConfig,
  log: (line: string) => void,
): Promise<void> {
  const name = config.durable_name ?? "";
  try {
    await manager.consumers.add(stream, config);
    log(`created consumer ${name} of ${stream}`);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === nameInUse.consumer)) throw error;
    const { max_ack_pending, backoff, max_deliver } = config;
    await manager.consumers.update(stream, name, { ...(max_ack_pending && { max_ack_pending }), backoff, max_deliver });
    log(`consumer ${name} of ${stream} is up to date`);
  }
}

function toProblem(component: Component, error: unknown): Error {
  if (error instanceof Problem) return error;
  const fix = "see `nats stream ls` and `nats consumer ls`, and correct by hand what another program has created";
  return new Problem(component.name, `NATS returned an error: ${reasonOf(error)}`, fix);
}
