import { parseScopes } from "@sidecart/setup/scopes";

/** A pub/sub component of one broker's folder, as far as the rules look at it. */
export type PubSubComponent = {
  name: string;
  type: string;
  scopes: string[];
  settings: Record<string, string>;
};

/** Who publishes and hears what, by app; what every replica hears stands for itself. */
export type Topics = {
  published: Record<string, string[]>;
  heard: Record<string, string[]>;
  broadcast: Record<string, string[]>;
  heardByAll: Record<string, string[]>;
};

/** Without these an event would be lost, on the one broker or the other: see docs/brokers.md. */
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

/** Whether swapping one broker for another changes what is promised: by folder of components/resources/broker. */
export function brokerProblems(brokers: Record<string, PubSubComponent[]>, code: Topics): string[] {
  return Object.entries(brokers).flatMap(([broker, components]) => {
    const problems = ["pubsub", "broadcast"].flatMap((name) => {
      const component = components.find((one) => one.name === name);
      if (!component) return [`has no component ${name}`];
      const own = name === "pubsub" ? pubsubProblems(component, code) : broadcastProblems(component, code);
      return [...own, ...openProblems(component)].map((problem) => `${name}: ${problem}`);
    });
    const names = components.map(({ name }) => name).filter((name) => name !== "pubsub" && name !== "broadcast");
    const others = names.map((name) => `component ${name} is not one that every broker has`);
    return [...problems, ...others].map((problem) => `broker/${broker}: ${problem}`);
  });
}

/** Publishing and hearing as the code does, and the topic for what cannot even be read. */
function pubsubProblems(component: PubSubComponent, code: Topics): string[] {
  const apps = Object.keys(code.published);
  const wanted = (topics: Topics["heard"]) =>
    Object.fromEntries(apps.map((app) => [app, [...(topics[app] ?? []), `${app}.dead-letters.v1`]]));
  const settings = Object.entries(guarantees[component.type] ?? {})
    .filter(([name, value]) => component.settings[name] !== value)
    .map(([name, value]) => `${name} must be ${value}`);
  if (!guarantees[component.type]) settings.push(`nobody has said what ${component.type} needs to lose nothing`);
  return [
    ...settings,
    ...difference("scopes", apps, component.scopes),
    ...scopeProblems(component, "publishingScopes", wanted(code.published)),
    ...scopeProblems(component, "subscriptionScopes", wanted(code.heard)),
  ];
}

/** A component that every replica hears with names a group of its own for each sidecar. */
function broadcastProblems(component: PubSubComponent, { broadcast, heardByAll }: Topics): string[] {
  const apps = [...new Set([...Object.keys(heardByAll), ...Object.keys(broadcast)])];
  const wanted = (topics: Record<string, string[]>) => Object.fromEntries(apps.map((app) => [app, topics[app] ?? []]));
  const group = component.settings.consumerID ?? component.settings.consumerGroup ?? component.settings.durableName;
  // without a name JetStream gives each sidecar a consumer of its own, and the others give all of an app's one group
  const alone = group === undefined ? component.type === "pubsub.jetstream" : group.includes("{uuid}");
  return [
    ...(alone ? [] : ["the group must hold {uuid}"]),
    ...difference("scopes", apps, component.scopes),
    ...scopeProblems(component, "publishingScopes", wanted(broadcast)),
    ...scopeProblems(component, "subscriptionScopes", wanted(heardByAll)),
  ];
}

/** Dapr lets an app that a list of scopes does not name do everything. */
function openProblems(component: PubSubComponent): string[] {
  return ["publishingScopes", "subscriptionScopes"].flatMap((scope) => {
    const named = Object.keys(parse(component, scope));
    return component.scopes.filter((app) => !named.includes(app)).map((app) => `${scope} leaves ${app} open`);
  });
}

function scopeProblems(component: PubSubComponent, scope: string, wanted: Record<string, string[]>): string[] {
  const declared = parse(component, scope);
  return Object.entries(wanted).flatMap(([app, topics]) =>
    difference(`${scope} of ${app}`, topics, declared[app] ?? []),
  );
}

function difference(what: string, wanted: string[], declared: string[]): string[] {
  const missing = wanted.filter((one) => !declared.includes(one)).map((one) => `${what} lack ${one}`);
  const needless = declared.filter((one) => !wanted.includes(one)).map((one) => `${what} need no ${one}`);
  return [...missing, ...needless];
}

/** `orders=a,b;gateway=` */
function parse(component: PubSubComponent, scope: string): Record<string, string[]> {
  const scopes = parseScopes(component.settings[scope] ?? "");
  return Object.fromEntries(scopes.map(({ app, topics }) => [app, topics]));
}
