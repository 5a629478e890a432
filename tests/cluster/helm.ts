import { join } from "node:path";
import { root } from "../check/tool.ts";
import { command } from "./kubectl.ts";
import type { Settings } from "./part.ts";

export const release = "sidecart";
export const chart = join(root, "charts/sidecart");
const waitMinutes = 12;

/** Values for the server images of tests/cluster/images. */
const servers = (registry: string): string[] => [
  `dev.postgres.image=${registry}/postgres:15`,
  "dev.postgres.runAsUser=999",
  `dev.redis.image=${registry}/redis:7`,
  `dev.rabbitmq.image=${registry}/rabbitmq:dev`,
  "dev.rabbitmq.runAsUser=999",
  `dev.elasticsearch.image=${registry}/elasticsearch:dev`,
  "dev.elasticsearch.runAsUser=999",
];

/** The values of the release under test: development servers, and images of one registry. */
export function values({ registry, tag, servers: from }: Pick<Settings, "registry" | "tag" | "servers">): string[] {
  const own = [join(chart, "values-kind.yaml"), join(root, "tests/cluster/values.yaml")];
  const images = [`image.registry=${registry}`, `image.tag=${tag}`, ...(from ? servers(from) : [])];
  return [...own.flatMap((file) => ["--values", file]), ...images.flatMap((one) => ["--set", one])];
}

/** Installs or upgrades the release, and waits until every pod is ready. Returns the duration in seconds. */
export async function deploy(settings: Settings, more: string[]): Promise<number> {
  const started = performance.now();
  const set = more.flatMap((one) => ["--set", one]);
  const wait = ["--wait", "--timeout", `${waitMinutes}m`];
  const args = ["upgrade", "--install", release, chart, "--namespace", settings.namespace, ...values(settings), ...set];
  await command("helm", [...args, ...wait], undefined, (waitMinutes + 1) * 60_000);
  return Math.round((performance.now() - started) / 1_000);
}
