/** The parts of a pub/sub component that the rules check. */
export type PubSubComponent = {
  name: string;
  type: string;
  settings: Record<string, string>;
};

/** Settings without which the broker would lose events: see docs/brokers.md. */
const guarantees: Record<string, Record<string, string>> = {
  "pubsub.redis": { consumerID: "{appID}", processingTimeout: "20s", redeliverInterval: "5s" },
  "pubsub.rabbitmq": {
    consumerID: "{appID}",
    durable: "true",
    deletedWhenUnused: "false",
    deliveryMode: "2",
    publisherConfirm: "true",
    autoAck: "false",
    requeueInFailure: "true",
  },
  "pubsub.jetstream": {
    durableName: "{appID}",
    queueGroupName: "{appID}",
    deliverPolicy: "all",
    ackPolicy: "explicit",
    concurrencyMode: "single",
  },
  "pubsub.kafka": { consumerGroup: "{appID}", initialOffset: "oldest", consumeRetryEnabled: "true" },
};

/** The errors that would break the guarantees with another broker, by folder of components/resources/broker. */
export function brokerProblems(brokers: Record<string, PubSubComponent[]>): string[] {
  return Object.entries(brokers).flatMap(([broker, components]) => {
    const problems = ["pubsub", "broadcast"].flatMap((name) => {
      const component = components.find((one) => one.name === name);
      if (!component) return [`has no component ${name}`];
      const own = name === "pubsub" ? settingsProblems(component) : groupProblems(component);
      return own.map((problem) => `${name}: ${problem}`);
    });
    const names = components.map(({ name }) => name).filter((name) => name !== "pubsub" && name !== "broadcast");
    const others = names.map((name) => `component ${name} is not one that every broker has`);
    return [...problems, ...others].map((problem) => `broker/${broker}: ${problem}`);
  });
}

function settingsProblems({ type, settings }: PubSubComponent): string[] {
  const needed = guarantees[type];
  if (!needed) return [`nobody has said what ${type} needs to lose nothing`];
  return Object.entries(needed)
    .filter(([name, value]) => settings[name] !== value)
    .map(([name, value]) => `${name} must be ${value}`);
}

/** A component for every replica must have a separate consumer group for each sidecar. */
function groupProblems({ type, settings }: PubSubComponent): string[] {
  const group = settings.consumerID ?? settings.consumerGroup ?? settings.durableName;
  // Without a name JetStream creates a consumer for each sidecar; the other brokers one group for all of an app's.
  const alone = group === undefined ? type === "pubsub.jetstream" : group.includes("{uuid}");
  return alone ? [] : ["the group must hold {uuid}"];
}
