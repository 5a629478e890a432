import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { findHelm } from "../chart/tools.ts";
import { root } from "../check/tool.ts";
import { tiltTools } from "./tools.ts";

const run = promisify(execFile);

interface Sync {
  is: "sync";
  local_path: string;
  remote_path: string;
}

interface Run {
  is: "run";
  cmd: string[];
}

/** The parameters of Tilt's functions that the tests check. */
interface Parameters {
  docker_build: {
    ref: string;
    build_args: Record<string, string>;
    target: string;
    only: string[];
    live_update: (Sync | Run)[];
  };
  custom_build: { ref: string; command: string[]; deps: string[]; live_update: (Sync | Run)[] };
  k8s_resource: {
    workload?: string;
    new_name?: string;
    labels?: string[];
    objects?: string[];
    resource_deps?: string[];
    port_forwards?: { local_port: number }[];
  };
  local_resource: { name: string; cmd: string[]; auto_init?: boolean; labels: string[]; resource_deps?: string[] };
  k8s_yaml: { yaml: string };
  allow_k8s_contexts: { contexts: string };
}

interface KubernetesObject {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
}

interface Setting {
  args?: readonly string[];
  context?: string;
  subcommand?: "up" | "ci";
  /** The folder of the Tiltfile; default: this checkout. */
  folder?: string;
  env?: Record<string, string>;
}

/** The calls of a Tiltfile to Tilt's functions. */
class Evaluated {
  readonly #calls: { name: string; arguments: unknown }[];

  constructor(calls: { name: string; arguments: unknown }[]) {
    this.#calls = calls;
  }

  calls<Name extends keyof Parameters>(name: Name): Parameters[Name][] {
    return this.#calls.filter((call) => call.name === name).map((call) => call.arguments as Parameters[Name]);
  }

  objects(): KubernetesObject[] {
    return this.calls("k8s_yaml").flatMap(({ yaml }) => JSON.parse(yaml) as KubernetesObject | KubernetesObject[]);
  }

  /** The resources in Tilt's list, with the arguments of all calls about them. */
  resources(): Map<string, Parameters["k8s_resource"]> {
    const found = new Map<string, Parameters["k8s_resource"]>();
    for (const call of this.calls("k8s_resource")) {
      const name = call.new_name ?? call.workload ?? "";
      found.set(name, { ...found.get(name), ...call });
    }
    return found;
  }
}

/** Evaluates the Tiltfile. Throws its error message when it calls `fail`. */
export async function evaluate({ args = [], context, subcommand, folder = root, env }: Setting = {}) {
  const tools = await tiltTools(() => {});
  const chosen = [...(context === undefined ? [] : ["-context", context]), "-subcommand", subcommand ?? "up"];
  const words = ["-file", join(folder, "Tiltfile"), ...chosen, "--", ...args];
  const path = [dirname(await findHelm()), process.env.PATH].join(delimiter);
  const options = { env: { ...process.env, PATH: path, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await run(join(tools, "tiltfile"), words, options);
  return new Evaluated(JSON.parse(stdout));
}
