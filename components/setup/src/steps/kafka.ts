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

/** Room for an event of the largest size (platform/src/events/events.ts) and its headers: Kafka's own default. */
const messageBytes = 1_048_588;
const hourMs = 60 * 60_000;
/** In order, and for nobody who comes later. */
const broadcast = { partitions: 1, retentionHours: 1 };
const exists = "TOPIC_ALREADY_EXISTS";

/** The topics, with their partitions and limits; for a component with a group a sidecar, also the end of abandoned groups. */
export const kafka: Step = async (component, options, say) => {
  const admin = await open(component);
  try {
    const group = component.setting("consumerGroup");
    const everyReplica = group.includes("{uuid}");
    if (everyReplica) await deleteAbandoned(admin, group.split("{uuid}")[0] ?? "", say);
    const existing = await makeTopics(
      admin,
      component,
      { ...settingsOf(options), ...(everyReplica && broadcast) },
      say,
    );
    if (!everyReplica && options.retentionHours) await keepFor(admin, existing, options.retentionHours, say);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const fix = "permit this user to create topics and groups, and ask for as many --replicas as there are brokers";
    throw new Problem(component.name, `Kafka refused: ${reasonOf(error)}`, fix);
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
    ...logIn(component),
  });
  try {
    await admin.metadata({ topics: [], forceUpdate: true });
    return admin;
  } catch (error) {
    await admin.close();
    const fix = "check that it runs, and brokers, saslUsername, saslPassword and disableTls in the secret kafka";
    throw unusable(component, `Kafka at ${brokers.join(",")}`, error, fix);
  }
}

/** By Dapr's names, which are not Kafka's. */
const mechanisms: Record<string, SASLMechanismValue> = {
  "": "PLAIN",
  PLAIN: "PLAIN",
  "SHA-256": "SCRAM-SHA-256",
  "SHA-512": "SCRAM-SHA-512",
};

function logIn(component: Component) {
  const [type, named] = [component.required("authType"), component.setting("saslMechanism")];
  if (type === "none") return {};
  const mechanism = mechanisms[named];
  if (type !== "password" || !mechanism) {
    const cause = `authType ${type} ${named} is not one that the set-up can log in with`;
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

/** What is there already keeps its limits, as it keeps its partitions and copies: it is given back. */
async function makeTopics(admin: Admin, component: Component, settings: Settings, say: (line: string) => void) {
  const topics = topicsOf(component);
  const known = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !known.has(topic));
  if (missing.length > 0) {
    const { partitions, replicas, retentionHours } = settings;
    const limits = {
      "retention.ms": retentionHours * hourMs,
      "max.message.bytes": messageBytes,
      // one broker may be away
      "min.insync.replicas": Math.max(1, replicas - 1),
    };
    const configs = Object.entries(limits).map(([name, value]) => ({ name, value: String(value) }));
    await admin.createTopics({ topics: missing, partitions, replicas, configs }).catch(ignoreExisting);
    for (const topic of missing) say(`topic ${topic} with ${partitions} partitions`);
  }
  return topics.filter((topic) => known.has(topic));
}

/** Retention follows the option. */
async function keepFor(admin: Admin, topics: string[], hours: number, say: (line: string) => void): Promise<void> {
  if (topics.length === 0) return;
  const configOperation = IncrementalAlterConfigOperationTypes.SET;
  const configs = [{ name: "retention.ms", value: String(hours * hourMs), configOperation }];
  const resources = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName, configs }));
  await admin.incrementalAlterConfigs({ resources });
  say(`retention of ${topics.length} topics`);
}

/** Another set-up may have been quicker. */
function ignoreExisting(error: unknown): void {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const others = errors.filter((one) => !(one instanceof Error && "apiId" in one && one.apiId === exists));
  if (others.length > 0) throw error;
}

async function deleteAbandoned(admin: Admin, prefix: string, say: (line: string) => void): Promise<void> {
  const empty = await admin.listGroups({ states: ["EMPTY"] });
  const groups = [...empty.keys()].filter((id) => id.startsWith(prefix));
  if (groups.length === 0) return;
  await admin.deleteGroups({ groups });
  say(`deleted ${groups.length} groups of sidecars that are gone`);
}
