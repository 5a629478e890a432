import { type ChannelModel, connect } from "amqplib";
import { coerce, gte } from "semver";
import type { Component } from "../component.ts";
import { Problem, reasonOf } from "../problem.ts";
import { hearers, topicsOf } from "../scopes.ts";
import { connectWithinMs, hostOf, unusable } from "../server.ts";
import type { Step } from "../step.ts";
import { type Management, openManagement } from "./rabbitmq-management.ts";

const form = "amqp://user:password@host:5672/vhost";
const oldest = "3.10.0";
/** From here on it drops what was delivered 20 times; how often a message is tried is the service's to decide (ADR 4). */
const countsDeliveries = "4.0.0";
/** A queue of one sidecar that nobody has read for so long goes away. */
const abandonedAfterMs = 60 * 60_000;
const broadcastLimits = { expires: abandonedAfterMs, "message-ttl": abandonedAfterMs, "max-length": 100_000 };

/**
 * An exchange for each topic and, bound to it, a quorum queue for each service that hears it: as the sidecars would make
 * them, but before anything is published. What only policies can set is set through the management API.
 */
export const rabbitmq: Step = async (component, _options, say) => {
  const host = hostOf(component, "connectionString", form);
  const fix = "check that it runs, and user, password and vhost in connectionString of the secret rabbitmq";
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
      await limitBroadcast(management, group, say);
    } else {
      await declare(component, connection, say);
      if (gte(version, countsDeliveries)) await deliverEndlessly(management, component, say);
    }
  } finally {
    await connection.close().catch(() => {});
  }
};

function checkedVersion(component: Component, connection: ChannelModel): string {
  const said = String(connection.connection.serverProperties.version);
  const version = coerce(said)?.version;
  if (version && gte(version, oldest)) return version;
  throw new Problem(component.name, `RabbitMQ ${said} is too old`, `use ${oldest} or later`);
}

async function declare(component: Component, connection: ChannelModel, say: (line: string) => void): Promise<void> {
  const channel = await connection.createChannel();
  // A refusal closes the channel and is told to whoever waits; without a listener it would end the process.
  channel.on("error", () => {});
  try {
    for (const topic of topicsOf(component)) {
      await channel.assertExchange(topic, "fanout", { durable: true, autoDelete: false });
      for (const queue of queuesOf(component, topic)) {
        await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
        await channel.bindQueue(queue, topic, "");
      }
      say(`exchange ${topic}`);
    }
    await channel.close();
  } catch (error) {
    const fix =
      "delete what another program has declared differently, once it is empty, or permit this user to configure";
    throw new Problem(component.name, `RabbitMQ refused: ${reasonOf(error)}`, fix);
  }
}

/** Named as pubsub.rabbitmq names them. */
function queuesOf(component: Component, topic: string): string[] {
  return hearers(component)
    .filter(({ topics }) => topics.includes(topic))
    .map(({ app }) => `${component.required("consumerID").replaceAll("{appID}", app)}-${topic}`);
}

async function limitBroadcast(management: Management, group: string, say: (line: string) => void): Promise<void> {
  const [prefix = ""] = group.split("{uuid}");
  await management.policy("sidecart-broadcast", `^${prefix}`, broadcastLimits);
  say(`policy sidecart-broadcast for queues named ${prefix}…`);
}

async function deliverEndlessly(management: Management, component: Component, say: (line: string) => void) {
  const apps = hearers(component).map(({ app }) => component.required("consumerID").replaceAll("{appID}", app));
  await management.policy("sidecart-events", `^(${apps.join("|")})-`, { "delivery-limit": -1 });
  say("policy sidecart-events: no limit of deliveries");
}
