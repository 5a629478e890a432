import type { Topic } from "./contracts.ts";
import type { Project, Service } from "./project.ts";

/** Errors of publishers and subscribers that would lose messages or deliver them to no service. */
export function eventProblems(project: Project): string[] {
  const { topics, strayTopics, services } = project;
  return [
    ...strayTopics.map(({ where, service }) => `${where}: a topic, but no service is called "${service}"`),
    ...topics.flatMap((topic) => topicProblems(project, topic)),
    ...services.flatMap((service) => hearerProblems(project, service)),
    ...services.flatMap((service) => cacheProblems(project, service)),
  ];
}

function topicProblems({ topics, services }: Project, { name, service, where }: Topic): string[] {
  const publisher = services.find((one) => one.name === service);
  const earlier = topics.find((one) => one.name === name);
  const form = new RegExp(`^${service}\\.[a-z0-9-]+\\.v[0-9]+$`);
  return [
    ...(form.test(name) ? [] : [`${where}: topic "${name}" must be "${service}.<event>.v<number>"`]),
    ...(earlier && earlier.where !== where ? [`${where}: topic ${name} is that of ${earlier.where}`] : []),
    ...(publisher?.database ? [] : [`${where}: ${service} publishes and declares no database`]),
  ];
}

function hearerProblems({ topics, strayTopics }: Project, { name, folder, database, code }: Service): string[] {
  const where = `${folder}/src/subscriptions.ts`;
  const known = [...topics, ...strayTopics];
  return code.hears.flatMap(({ topic, pubsub }, place) => {
    const declared = known.find((one) => one.name === topic);
    if (!declared) return [`${where}: ${topic} is heard, and no message in proto/ declares it`];
    const twice = code.hears.findIndex((one) => one.topic === topic) < place;
    return [
      ...(twice ? [`${where}: two handlers for ${topic}`] : []),
      ...kindProblems(declared, pubsub).map((problem) => `${where}: ${problem}`),
      ...(pubsub === "pubsub" && !database ? [`${where}: ${name} hears ${topic} and declares no database`] : []),
    ];
  });
}

function kindProblems({ name, everyReplica }: Topic, pubsub: string): string[] {
  if (everyReplica && pubsub === "pubsub") return [`${name} is declared every_replica: hear it with onEveryReplica()`];
  if (!everyReplica && pubsub !== "pubsub") return [`${name} is not declared every_replica: hear it with on()`];
  return [];
}

/**
 * A service is cached by the gateway exactly if the gateway hears its topic of changes; otherwise the cache would be
 * stale.
 */
function cacheProblems({ topics, services }: Project, { name, folder, cached }: Service): string[] {
  const gateway = services.find((one) => one.name === "gateway");
  const told = topics.filter(({ service, everyReplica }) => service === name && everyReplica);
  const heard = told.filter((topic) => gateway?.code.hears.some((one) => one.topic === topic.name));
  if (cached && heard.length === 0) {
    return [`${folder}/service.ts: cached, but the gateway hears no every_replica topic of ${name}`];
  }
  return !cached && heard.length > 0 ? [`${folder}/service.ts: the gateway hears ${heard[0]?.name}: say cached`] : [];
}
