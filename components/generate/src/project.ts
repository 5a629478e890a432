import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import type { ServiceDeclaration } from "@sidecart/platform/service";
import { load, root } from "./checkout.ts";
import { type Code, codeOf } from "./code.ts";
import { type RpcService, readContracts, type Topic } from "./contracts.ts";
import { type ErrorCode, readErrorCodes } from "./error-codes.ts";

/** A service as it is declared, and what its folder holds. */
export type Service = ServiceDeclaration & {
  /** From the checkout: `services/orders`. */
  folder: string;
  /** Paths that are there, from the folder: `src/main.ts`, `migrations`. */
  files: readonly string[];
  code: Code;
};

/** All that generated files follow from. */
export type Project = {
  /** In the order of services/index.ts. */
  services: readonly Service[];
  /** Folders of services/ with a file in them, listed or not. */
  folders: readonly string[];
  rpcServices: readonly RpcService[];
  /** In the order of the services that declare them. */
  topics: readonly Topic[];
  /** Topics in proto packages that are no service's. */
  strayTopics: readonly Topic[];
  errorCodes: readonly ErrorCode[];
};

const noCode: Code = { implements: [], hears: [], unused: [] };
const looksFor = ["package.json", "src/main.ts", "migrations"];

/**
 * Reads declarations, contracts and code of this checkout. Throws one line when a file cannot be loaded. `without` leaves the
 * code out: then nothing is implemented or heard.
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

/** Who has a database publishes and hears: outbox, inbox and dead letters are there. */
export const withDatabase = ({ services }: Project): Service[] =>
  services.filter(({ database }) => database) as Service[];

/** What a service publishes: to one replica of each hearer, or to every replica. */
export const publishedBy = ({ topics }: Project, service: string, everyReplica: boolean): string[] =>
  topics.filter((topic) => topic.service === service && topic.everyReplica === everyReplica).map(({ name }) => name);

/** What a service hears, in the order in which topics are declared. */
export function heardBy({ topics, services }: Project, service: string, pubsub: string): string[] {
  const hears = services.find(({ name }) => name === service)?.code.hears ?? [];
  const heard = new Set(hears.filter((one) => one.pubsub === pubsub).map(({ topic }) => topic));
  return topics.map(({ name }) => name).filter((name) => heard.has(name));
}
