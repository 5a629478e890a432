import type { Output } from "./output.ts";
import { type Project, publishedBy, subscribedBy, withDatabase } from "./project.ts";
import { scopesIn } from "./resources.ts";

const width = 120;

/**
 * Which app may publish and subscribe to which topics: the same for every broker. components/setup creates streams and
 * queues from it.
 */
export function topicScopes(project: Project, files: readonly string[]): Output[] {
  const named = (name: string) =>
    files.filter((file) => file.match(/resources\/broker\/[^/]+\/(.*)\.yaml$/)?.[1] === name);
  return [
    ...named("pubsub").flatMap((file) => sections(file, pubsub(project))),
    ...named("broadcast").flatMap((file) => sections(file, broadcast(project))),
  ];
}

type AppTopics = { app: string; published: string[]; subscribed: string[] };

/** Each service with a database has a topic for messages that its sidecar gives up. */
function pubsub(project: Project): AppTopics[] {
  return withDatabase(project).map(({ name }) => ({
    app: name,
    published: [...publishedBy(project, name, false), `${name}.dead-letters.v1`],
    subscribed: [...subscribedBy(project, name, "pubsub"), `${name}.dead-letters.v1`],
  }));
}

function broadcast(project: Project): AppTopics[] {
  const all = project.services.map(({ name }) => ({
    app: name,
    published: publishedBy(project, name, true),
    subscribed: subscribedBy(project, name, "broadcast"),
  }));
  return all.filter(({ published, subscribed }) => published.length + subscribed.length > 0);
}

/** Dapr allows everything to an app that a list does not name, so each list names all apps of the scopes. */
function sections(file: string, apps: readonly AppTopics[]): Output[] {
  const lines = [
    ...scopeLines(
      "publishingScopes",
      apps.map(({ app, published }) => [app, published]),
    ),
    ...scopeLines(
      "subscriptionScopes",
      apps.map(({ app, subscribed }) => [app, subscribed]),
    ),
  ];
  return [
    { file, section: "topics", lines },
    scopesIn(
      file,
      apps.map(({ app }) => app),
    ),
  ];
}

function scopeLines(name: string, apps: [app: string, topics: string[]][]): string[] {
  const last = apps.length - 1;
  const words = apps.map(([app, topics], place) => `${app}=${topics.join(",")}${place < last ? ";" : ""}`);
  return [`- name: ${name}`, "  value: >-", ...words.flatMap((word) => folded(word).map((line) => `    ${line}`))];
}

/** Breaks a list after commas. YAML turns the breaks into spaces, which Dapr ignores. */
function folded(list: string): string[] {
  const lines: string[] = [""];
  for (const part of list.split(/(?<=,)/)) {
    const line = lines.at(-1) ?? "";
    // 8 columns of indentation precede it.
    if (line !== "" && 8 + line.length + part.length > width) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines;
}
