import {
  Admin,
  ConfigResourceTypes,
  IncrementalAlterConfigOperationTypes,
  type SASLMechanismValue,
} from "@platformatic/kafka";
import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { topicsOf } from "../scopes.ts";
import { connectWithinMs, unusable } from "../server.ts";
import { type Settings, type Step, settingsOf } from "../step.ts";

/** Large enough for an event of the maximum size (platform/src/events/events.ts) and its headers. Kafka's default. */
const messageBytes = 1_048_588;
const hourMs = 60 * 60_000;
/** One partition keeps the events in order. Replicas that start later do not need old events. */
const broadcast = { partitions: 1, retentionHours: 1 };
const topicExists = "TOPIC_ALREADY_EXISTS";

/**
 * Creates the topics with their partitions and limits. A component with one consumer group per sidecar is a broadcast:
 * for it, this also deletes abandoned groups.
 */
export const kafka: Step = async (component, options, log) => {
  const admin = await open(component);
  try {
    const group = component.setting("consumerGroup");
    const isBroadcast = group.includes("{uuid}");
    if (isBroadcast) await deleteAbandoned(admin, group.split("{uuid}")[0] ?? "", log);
    const existing = await createTopics(
      admin,
      component,
      { ...settingsOf(options), ...(isBroadcast && broadcast) },
      log,
    );
    if (!isBroadcast && options.retentionHours) await setRetention(admin, existing, options.retentionHours, log);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const fix = "allow this user to create topics and groups, and set --replicas to at most the number of brokers";
    throw new Problem(component.name, `Kafka returned an error: ${reasonOf(error)}`, fix);
  } finally {
    await admin.close();
  }
};

async function open(component: Component): Promise<Admin> {
  const brokers = component.required("brokers").split(",");
  const admin = new Admin({
    clientId: "sidecart-setup",
    bootstrapBrokers: brokers,
    retries: false,
    connectTimeout: connectWithinMs,
    timeout: connectWithinMs,
    ...authentication(component),
  });
  try {
    await admin.metadata({ topics: [], forceUpdate: true });
    return admin;
  } catch (error) {
    await admin.close();
    const fix = "check that it runs, and check brokers, saslUsername, saslPassword and disableTls in the secret kafka";
    throw unusable(component, `Kafka at ${brokers.join(",")}`, error, fix);
  }
}

/** Maps Dapr's names of SASL mechanisms to Kafka's. */
const mechanisms: Record<string, SASLMechanismValue> = {
  "": "PLAIN",
  PLAIN: "PLAIN",
  "SHA-256": "SCRAM-SHA-256",
  "SHA-512": "SCRAM-SHA-512",
};

function authentication(component: Component) {
  const [type, named] = [component.required("authType"), component.setting("saslMechanism")];
  if (type === "none") return {};
  const mechanism = mechanisms[named];
  if (type !== "password" || !mechanism) {
    const cause = `authType ${type} ${named} is not supported by the set-up`;
    throw new Problem(
      component.name,
      cause,
      "use password with PLAIN, SHA-256 or SHA-512, or create the topics by hand",
    );
  }
  const ca = component.setting("caCert");
  const tls = component.setting("disableTls") === "true" ? {} : { tls: ca ? { ca } : {} };
  const [username, password] = [component.required("saslUsername"), component.required("saslPassword")];
  return { ...tls, sasl: { mechanism, username, password } };
}

/** Creates the missing topics. Existing topics keep their partitions, replicas and limits; their names are returned. */
async function createTopics(admin: Admin, component: Component, settings: Settings, log: (line: string) => void) {
  const topics = topicsOf(component);
  const known = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !known.has(topic));
  if (missing.length > 0) {
    const { partitions, replicas, retentionHours } = settings;
    const limits = {
      "retention.ms": retentionHours * hourMs,
      "max.message.bytes": messageBytes,
      // Writes must succeed while one broker is down.
      "min.insync.replicas": Math.max(1, replicas - 1),
    };
    const configs = Object.entries(limits).map(([name, value]) => ({ name, value: String(value) }));
    await admin.createTopics({ topics: missing, partitions, replicas, configs }).catch(ignoreExisting);
    for (const topic of missing) log(`created topic ${topic} with ${partitions} partitions`);
  }
  return topics.filter((topic) => known.has(topic));
}

async function setRetention(admin: Admin, topics: string[], hours: number, log: (line: string) => void): Promise<void> {
  if (topics.length === 0) return;
  const configOperation = IncrementalAlterConfigOperationTypes.SET;
  const configs = [{ name: "retention.ms", value: String(hours * hourMs), configOperation }];
  const resources = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName, configs }));
  await admin.incrementalAlterConfigs({ resources });
  log(`set the retention of ${topics.length} topics`);
}

/** Another set-up may have created a topic concurrently. */
function ignoreExisting(error: unknown): void {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const others = errors.filter((one) => !(one instanceof Error && "apiId" in one && one.apiId === topicExists));
  if (others.length > 0) throw error;
}

async function deleteAbandoned(admin: Admin, prefix: string, log: (line: string) => void): Promise<void> {
  const empty = await admin.listGroups({ states: ["EMPTY"] });
  const groups = [...empty.keys()].filter((id) => id.startsWith(prefix));
  if (groups.length === 0) return;
  await admin.deleteGroups({ groups });
  log(`deleted ${groups.length} consumer groups of sidecars that no longer exist`);
}
