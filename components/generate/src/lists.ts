import { mark, type Output } from "./output.ts";
import { heardBy, type Project, withDatabase } from "./project.ts";

/** The images of services. */
export function bake({ services }: Project): Output[] {
  const lines = services.map(({ name, folder }) => `{ name = "${name}", workspace = "${folder}" },`);
  return [{ file: "docker-bake.hcl", section: "services", lines }];
}

/** The services that the chart deploys, with the values that follow from their declarations. */
export function chart({ services }: Project): Output[] {
  const lines = services.flatMap(({ name, database = false, http = false, workflows = false }) => [
    `${name}:`,
    `  database: {enabled: ${database}}`,
    `  http: {enabled: ${http}}`,
    `  actors: ${workflows}`,
  ]);
  const head = [
    `# ${mark}`,
    "# The services of the release. Their settings are in values.yaml: `serviceDefaults`, `services`.",
  ];
  return [{ file: "charts/sidecart/services.yaml", lines: [...head, ...lines] }];
}

/** The databases in the operators' recipes. */
export function operations(project: Project): Output[] {
  const names = withDatabase(project).map(({ name }) => name);
  return [{ file: "docs/operations.md", section: "databases", lines: [`databases=(${names.join(" ")})`] }];
}

/** The table of topics, publishers and subscribers in the docs. */
export function flow(project: Project): Output[] {
  const rows = project.topics.map(({ name, service, everyReplica }) => {
    const pubsub = everyReplica ? "broadcast" : "pubsub";
    const hearers = project.services.filter((one) => heardBy(project, one.name, pubsub).includes(name));
    const names = hearers.map((one) => (everyReplica ? `every replica of ${one.name}` : one.name));
    return `| \`${name}\` | ${service} | ${names.join(", ") || "nobody yet"} |`;
  });
  const head = ["", "| topic | published by | heard by |", "|---|---|---|"];
  return [{ file: "docs/flow.md", section: "who hears what", lines: [...head, ...rows, ""] }];
}
