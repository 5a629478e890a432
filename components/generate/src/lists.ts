import { mark, type Output } from "./output.ts";
import { type Project, subscribedBy, withDatabase } from "./project.ts";

/** The images of services. */
export function bakeTargets({ services }: Project): Output[] {
  const lines = services.map(({ name, folder }) => `{ name = "${name}", workspace = "${folder}" },`);
  return [{ file: "docker-bake.hcl", section: "services", lines }];
}

/** The services that the chart deploys, with the values that follow from their declarations. */
export function chartServices({ services }: Project): Output[] {
  const lines = services.flatMap(({ name, database, http, state, media, search, workflows }) => [
    `${name}:`,
    `  database: {enabled: ${database === true}}`,
    `  http: {enabled: ${http === true}}`,
    ...Object.entries({ state, media, search }).map(([component, used]) => `  ${component}: ${used === true}`),
    `  actors: ${workflows === true}`,
  ]);
  const head = [
    `# ${mark}`,
    "# The services of the release. Their settings are in values.yaml: `serviceDefaults`, `services`.",
  ];
  return [{ file: "charts/sidecart/services.yaml", lines: [...head, ...lines] }];
}

/** Of a service in values-production.yaml: `autoscaling.maxReplicas`, and what a rollout adds. */
const productionPods = { usual: 6, added: 2 };
/** `postgres.poolSize` in the same file. */
const poolSize = 8;
/** What the chart keeps free for the set-up and operators (`sidecart.checkConnections`). */
const reservedConnections = 10;

/** The connections that values-production.yaml asks PostgreSQL for: enough for all services, in tens. */
export function productionConnections(project: Project): Output[] {
  const count = withDatabase(project).length;
  const { usual, added } = productionPods;
  const sum = count * (usual + added) * poolSize;
  const lines = [
    `# ${count} services of at most ${usual} + ${added} pods with ${poolSize} connections each: ${sum} at most, and some for the set-up and people.`,
    `maxConnections: ${Math.ceil((sum + reservedConnections) / 10) * 10}`,
  ];
  return [{ file: "charts/sidecart/values-production.yaml", section: "connections", lines }];
}

/** The databases of the loops in docs/operations.md. */
export function databaseLoop(project: Project): Output[] {
  const names = withDatabase(project).map(({ name }) => name);
  return [{ file: "docs/operations.md", section: "databases", lines: [`databases=(${names.join(" ")})`] }];
}

/** The table of topics in docs/flow.md. */
export function topicTable(project: Project): Output[] {
  const rows = project.topics.map(({ name, service, everyReplica }) => {
    const pubsub = everyReplica ? "broadcast" : "pubsub";
    const subscribers = project.services.filter((one) => subscribedBy(project, one.name, pubsub).includes(name));
    const names = subscribers.map((one) => (everyReplica ? `every replica of ${one.name}` : one.name));
    return `| \`${name}\` | ${service} | ${names.join(", ") || "none yet"} |`;
  });
  const head = ["", "| topic | published by | subscribers |", "|---|---|---|"];
  return [{ file: "docs/flow.md", section: "topics", lines: [...head, ...rows, ""] }];
}
