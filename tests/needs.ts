import { join, matchesGlob } from "node:path";
import { kinds } from "@sidecart/local/backends/choices";
import { root } from "./check/tool.ts";
import { importsOf } from "./imports.ts";

/** What tests run on, and what takes long to make or fetch. PostgreSQL comes with the packages. */
export const allNeeds = [
  "dapr",
  "redis",
  "rabbitmq",
  "jetstream",
  "elasticsearch",
  "kafka",
  "s3",
  "helm",
  "kubeconform",
  "chart checks",
  "tilt tools",
] as const;
export type Need = (typeof allNeeds)[number];

const system: Need[] = ["dapr", "redis"];

/** Who imports one of these, directly or through others, starts what it finds. */
export const byImport: Record<string, Need[]> = {
  "local/src/launch.ts": system,
  "local/src/parts/dapr.ts": ["dapr"],
  "local/src/parts/redis-server.ts": ["redis"],
  "local/src/parts/rabbitmq.ts": ["rabbitmq"],
  "local/src/parts/nats.ts": ["jetstream"],
  "local/servers/elasticsearch/install.ts": ["elasticsearch"],
  "local/servers/kafka/install.ts": ["kafka"],
  "local/servers/s3/build.ts": ["s3"],
  "tests/tilt/tools.ts": ["tilt tools"],
  // It knows all servers; which of them are started is a choice.
  "local/src/backends/table.ts": [],
};

/** What files start beside that: by a program of their own, or by a choice that they make. */
export const byPath: [files: string, needs: Need[]][] = [
  ["local/src/{main,endings}.test.ts", system],
  ["local/src/commands/commands.test.ts", system],
  ["local/src/diagnosis/*.test.ts", ["rabbitmq", "jetstream"]],
  ["{local,tests/portability}/**/rabbitmq.test.ts", ["rabbitmq"]],
  ["{local,tests/portability}/**/jetstream.test.ts", ["jetstream"]],
  ["{local,tests/portability}/**/kafka.test.ts", ["kafka"]],
  ["{local,tests/portability}/**/elasticsearch.test.ts", ["elasticsearch"]],
  ["{local,tests/portability}/**/s3.test.ts", ["s3"]],
  ["tests/scaffold/**", [...system, "helm"]],
  ["tests/{chart,tilt}/**", ["helm"]],
  ["tests/chart/kubeconform.test.ts", ["kubeconform"]],
  ["tests/chart/{alerts,incidents,monitoring,pod-security}.test.ts", ["chart checks"]],
];

/** Files that look at modules and start nothing. */
const startNothing = ["tests/check/**"];

/**
 * What a test file runs on, named from the root of the checkout. `env` may choose servers for it, such as
 * SIDECART_TEST_BROKER=kafka.
 */
export function needsOf(file: string, env: NodeJS.ProcessEnv = {}): Set<Need> {
  if (startNothing.some((files) => matchesGlob(file, files))) return new Set();
  const imported = importsOf(join(root, file), root, (module) => module in byImport);
  const needs = new Set([...imported].flatMap((module) => byImport[module] ?? []));
  for (const [files, more] of byPath) if (matchesGlob(file, files)) for (const need of more) needs.add(need);
  if (imported.has("local/src/launch.ts")) for (const need of chosenServers(env)) needs.add(need);
  return needs;
}

function chosenServers(env: NodeJS.ProcessEnv): Need[] {
  const chosen = kinds.map((kind) => env[`SIDECART_TEST_${kind.toUpperCase()}`]);
  return allNeeds.filter((need) => chosen.includes(need));
}
