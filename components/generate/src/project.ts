import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceDeclaration } from "@sidecart/platform/service";
import { load, root } from "./checkout.ts";
import { type Code, codeOf } from "./code.ts";
import { type RpcService, readContracts, type Topic } from "./contracts.ts";
import { type ErrorCode, readErrorCodes } from "./error-codes.ts";

/** A service's declaration, and the contents of its folder. */
export type Service = ServiceDeclaration & {
  /** Path in the checkout: `services/orders`. */
  folder: string;
  /** Existing paths in the folder: `src/main.ts`, `migrations`. */
  files: readonly string[];
  code: Code;
};

/** Everything that determines the generated files. */
export type Project = {
  /** In the order of services/index.ts. */
  services: readonly Service[];
  /** Non-empty folders of services/, listed or not. */
  folders: readonly string[];
  rpcServices: readonly RpcService[];
  /** In the order of the services that declare them. */
  topics: readonly Topic[];
  /** Topics in proto packages that belong to no service. */
  strayTopics: readonly Topic[];
  errorCodes: readonly ErrorCode[];
};

const noCode: Code = { implements: [], subscribesTo: [], uses: [], unused: [] };
const looksFor = ["package.json", "src/main.ts", "migrations"];

/**
 * Reads declarations, contracts and code of this checkout. Throws an error of one line if a file cannot be loaded.
 * `without` skips the code: then no service implements a method or subscribes to a topic.
 */
export async function readProject({ without }: { without?: "code" } = {}): Promise<Project> {
  const { services, folderOf } = await load<typeof import("../../../services/index.ts")>("services/index.ts");
  const contracts = await readContracts(root, load);
  const read = services.map(async (service) => {
    const folder = folderOf(service.name);
    const files = looksFor.filter((file) => existsSync(join(root, folder, file)));
    return { ...service, folder, files, code: without ? noCode : await codeOf(root, folder, load) };
  });
  const folders: string[] = [];
  for await (const file of glob("services/*/{service.ts,package.json,src}", { cwd: root })) {
    folders.push(file.split("/").slice(0, 2).join("/"));
  }
  return {
    services: await Promise.all(read),
    folders: [...new Set(folders)].sort(),
    rpcServices: contracts.rpcServices,
    topics: services.flatMap(({ name }) => contracts.topics.filter(({ service }) => service === name)),
    errorCodes: without ? [] : await readErrorCodes(root, load),
    strayTopics: contracts.topics.filter(({ service }) => services.every(({ name }) => name !== service)),
  };
}

/** Services with a database. Only they publish and subscribe, because outbox, inbox and dead letters are tables. */
export const withDatabase = ({ services }: Project): Service[] =>
  services.filter(({ database }) => database) as Service[];

/** The topics that a service publishes: to one replica of each subscriber, or to every replica. */
export const publishedBy = ({ topics }: Project, service: string, everyReplica: boolean): string[] =>
  topics.filter((topic) => topic.service === service && topic.everyReplica === everyReplica).map(({ name }) => name);

/** The topics that a service subscribes to, in the order of their declarations. */
export function subscribedBy({ topics, services }: Project, service: string, pubsub: string): string[] {
  const subscriptions = services.find(({ name }) => name === service)?.code.subscribesTo ?? [];
  const subscribed = new Set(subscriptions.filter((one) => one.pubsub === pubsub).map(({ topic }) => topic));
  return topics.map(({ name }) => name).filter((name) => subscribed.has(name));
}
