import type { Topic } from "./contracts.ts";
import type { Project, Service } from "./project.ts";

/** Errors of publishers and subscribers that would lose messages or deliver them to no service. */
export function eventProblems(project: Project): string[] {
  const { topics, strayTopics, services } = project;
  return [
    ...strayTopics.map(({ where, service }) => `${where}: a topic, but no service is called "${service}"`),
    ...topics.flatMap((topic) => topicProblems(project, topic)),
    ...services.flatMap((service) => subscriberProblems(project, service)),
    ...services.flatMap((service) => cacheProblems(project, service)),
  ];
}

function topicProblems({ topics, services }: Project, topic: Topic): string[] {
  const { name, service, where, personalFields } = topic;
  const publisher = services.find((one) => one.name === service);
  const earlier = topics.find((one) => one.name === name);
  const form = new RegExp(`^${service}\\.[a-z0-9-]+\\.v[0-9]+$`);
  return [
    ...(form.test(name) ? [] : [`${where}: topic "${name}" must be "${service}.<event>.v<number>"`]),
    ...(earlier && earlier.where !== where ? [`${where}: topic ${name} is that of ${earlier.where}`] : []),
    ...personalFields.map((field) => `${where}: ${field} is personal, and brokers cannot forget: send an id instead`),
    ...(publisher?.database ? [] : [`${where}: ${service} publishes and declares no database`]),
  ];
}

function subscriberProblems({ topics, strayTopics }: Project, { name, folder, database, code }: Service): string[] {
  const where = `${folder}/src/subscriptions.ts`;
  const known = [...topics, ...strayTopics];
  return code.subscribesTo.flatMap(({ topic, pubsub }, place) => {
    const declared = known.find((one) => one.name === topic);
    if (!declared) return [`${where}: subscribes to ${topic}, which no message in proto/ declares`];
    const twice = code.subscribesTo.findIndex((one) => one.topic === topic) < place;
    return [
      ...(twice ? [`${where}: two handlers for ${topic}`] : []),
      ...kindProblems(declared, pubsub).map((problem) => `${where}: ${problem}`),
      ...(pubsub === "pubsub" && !database
        ? [`${where}: ${name} subscribes to ${topic} and declares no database`]
        : []),
    ];
  });
}

function kindProblems({ name, everyReplica }: Topic, pubsub: string): string[] {
  if (everyReplica && pubsub === "pubsub") return [`${name} is declared every_replica: use onEveryReplica()`];
  if (!everyReplica && pubsub !== "pubsub") return [`${name} is not declared every_replica: use on()`];
  return [];
}

/**
 * The gateway caches a service exactly if it subscribes to the service's topic of changes. Otherwise the cache would be
 * stale.
 */
function cacheProblems({ topics, services }: Project, { name, folder, cached }: Service): string[] {
  const gateway = services.find((one) => one.name === "gateway");
  const changes = topics.filter(({ service, everyReplica }) => service === name && everyReplica);
  const subscribed = changes.filter((topic) => gateway?.code.subscribesTo.some((one) => one.topic === topic.name));
  if (cached && subscribed.length === 0) {
    return [`${folder}/service.ts: cached, but the gateway subscribes to no every_replica topic of ${name}`];
  }
  return !cached && subscribed.length > 0
    ? [`${folder}/service.ts: the gateway subscribes to ${subscribed[0]?.name}: add cached: true`]
    : [];
}
