import { type ChannelModel, connect } from "amqplib";
import { coerce, gte } from "semver";
import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { subscribers, topicsOf } from "../scopes.ts";
import { connectWithinMs, hostOf, unusable } from "../server.ts";
import type { Step } from "../step.ts";
import { type Management, openManagement } from "./rabbitmq-management.ts";

const form = "amqp://user:password@host:5672/vhost";
const minimumVersion = "3.10.0";
/** Since this version RabbitMQ drops a message after 20 deliveries. The service decides the number of attempts (ADR 4). */
const limitsDeliveries = "4.0.0";
/** RabbitMQ deletes the queue of a sidecar after this time without a reader. */
const abandonedAfterMs = 60 * 60_000;
const broadcastLimits = { expires: abandonedAfterMs, "message-ttl": abandonedAfterMs, "max-length": 100_000 };

/**
 * Creates an exchange for each topic and, bound to it, a quorum queue for each subscribing service. They equal those that
 * sidecars create, but exist before the first event is published. Policies are set through the management API.
 */
export const rabbitmq: Step = async (component, _options, log) => {
  const host = hostOf(component, "connectionString", form);
  const fix = "check that it runs, and check user, password and vhost in connectionString of the secret rabbitmq";
  const connection = await connect(component.required("connectionString"), { timeout: connectWithinMs }).catch(
    (error: unknown) => {
      throw unusable(component, `RabbitMQ at ${host}`, error, fix);
    },
  );
  try {
    const version = checkedVersion(component, connection);
    const group = component.setting("consumerID");
    const management = await openManagement(component);
    if (group.includes("{uuid}")) {
      await limitBroadcast(management, group, log);
    } else {
      await declare(component, connection, log);
      if (gte(version, limitsDeliveries)) await removeDeliveryLimit(management, component, log);
    }
  } finally {
    await connection.close().catch(() => {});
  }
};

function checkedVersion(component: Component, connection: ChannelModel): string {
  const reported = String(connection.connection.serverProperties.version);
  const version = coerce(reported)?.version;
  if (version && gte(version, minimumVersion)) return version;
  throw new Problem(component.name, `RabbitMQ ${reported} is too old`, `use ${minimumVersion} or later`);
}

async function declare(component: Component, connection: ChannelModel, log: (line: string) => void): Promise<void> {
  const channel = await connection.createChannel();
  // An error closes the channel and rejects the pending call. Without this listener it would also end the process.
  channel.on("error", () => {});
  try {
    for (const topic of topicsOf(component)) {
      await channel.assertExchange(topic, "fanout", { durable: true, autoDelete: false });
      for (const queue of queuesOf(component, topic)) {
        await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
        await channel.bindQueue(queue, topic, "");
      }
      log(`created exchange ${topic} and its queues`);
    }
    await channel.close();
  } catch (error) {
    const fix =
      "delete the queue that another program has declared differently, once it is empty, or grant this user `configure`";
    throw new Problem(component.name, `RabbitMQ returned an error: ${reasonOf(error)}`, fix);
  }
}

/** The same names as Dapr's pubsub.rabbitmq uses. */
function queuesOf(component: Component, topic: string): string[] {
  return subscribers(component)
    .filter(({ topics }) => topics.includes(topic))
    .map(({ app }) => `${component.required("consumerID").replaceAll("{appID}", app)}-${topic}`);
}

async function limitBroadcast(management: Management, group: string, log: (line: string) => void): Promise<void> {
  const [prefix = ""] = group.split("{uuid}");
  await management.setPolicy("sidecart-broadcast", `^${prefix}`, broadcastLimits);
  log(`set the policy sidecart-broadcast for queues named ${prefix}…`);
}

async function removeDeliveryLimit(management: Management, component: Component, log: (line: string) => void) {
  const apps = subscribers(component).map(({ app }) => component.required("consumerID").replaceAll("{appID}", app));
  await management.setPolicy("sidecart-events", `^(${apps.join("|")})-`, { "delivery-limit": -1 });
  log("set the policy sidecart-events: no delivery limit");
}
