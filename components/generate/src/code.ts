import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Subscription } from "@sidecart/platform/events";
import type { Implementation } from "@sidecart/platform/rpc";
import type { Load } from "./checkout.ts";
import { importsIn } from "./imports.ts";

/** Facts from a service's code. */
export type Code = {
  /** gRPC services that its rpc.ts implements, by full name. */
  implements: readonly string[];
  /** The topics that its subscriptions.ts subscribes to. */
  subscribesTo: readonly { topic: string; pubsub: string }[];
  /** The shared components whose client its code imports. */
  uses: readonly SharedComponent[];
  /** Those of rpc.ts and subscriptions.ts that no file of the service imports. */
  unused: readonly string[];
};

export const sharedComponents = ["state", "media"] as const;
type SharedComponent = (typeof sharedComponents)[number];

type Exports = { rpc?(deps: unknown): Implementation[]; subscriptions?(deps: unknown): Subscription[] };

/** Reads what a service implements and to which topics it subscribes, without starting it. */
export async function codeOf(root: string, folder: string, load: Load): Promise<Code> {
  const rpc = await loadIfThere<Exports>("rpc");
  const subscriptions = await loadIfThere<Exports>("subscriptions");
  return {
    implements: called(`${folder}/src/rpc.ts`, rpc, rpc?.rpc).map(({ service }) => service.typeName),
    subscribesTo: called(`${folder}/src/subscriptions.ts`, subscriptions, subscriptions?.subscriptions).map(
      ({ topic, pubsub }) => ({ topic, pubsub }),
    ),
    ...importsOf(await importedBy(join(root, folder, "src"), folder), folder, existsIn(join(root, folder, "src"))),
  };

  async function loadIfThere<T>(name: string): Promise<T | undefined> {
    const file = `${folder}/src/${name}.ts`;
    return existsSync(join(root, file)) ? load<T>(file) : undefined;
  }
}

function called<T>(file: string, module: object | undefined, list: ((deps: unknown) => T[]) | undefined): T[] {
  if (!module) return [];
  const name = file.endsWith("rpc.ts") ? "rpc" : "subscriptions";
  if (!list) throw new Error(`${file} has no function ${name}(deps)`);
  try {
    return list(anything);
  } catch (error) {
    throw new Error(`${file}: ${name}(deps) must not need its deps before it is called: ${(error as Error).message}`);
  }
}

/** Placeholder for dependencies: the list of handlers must not depend on them. */
const anything: unknown = new Proxy(() => {}, {
  get: (_, property) => (property === Symbol.toPrimitive ? () => "" : anything),
  apply: () => anything,
});

const existsIn = (src: string) => (file: string) => existsSync(join(src, file));

/** The modules that a service imports, without its tests: those of its own as paths in its folder `src`. */
async function importedBy(src: string, folder: string): Promise<Set<string>> {
  const imported = new Set<string>();
  for await (const file of glob("**/*.ts", { cwd: src })) {
    if (file.endsWith(".test.ts")) continue;
    const text = await readFile(join(src, file), "utf8");
    for (const { specifier } of importsIn(`${folder}/src/${file}`, text))
      imported.add(specifier.startsWith(".") ? join(dirname(file), specifier) : specifier);
  }
  return imported;
}

function importsOf(
  imported: ReadonlySet<string>,
  folder: string,
  exists: (file: string) => boolean,
): Pick<Code, "uses" | "unused"> {
  const unused = ["rpc.ts", "subscriptions.ts"].filter((file) => exists(file) && !imported.has(file));
  return {
    uses: sharedComponents.filter((name) => imported.has(`@sidecart/platform/${name}`)),
    unused: unused.map((file) => `${folder}/src/${file}`),
  };
}
