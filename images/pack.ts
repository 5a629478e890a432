import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../local/src/process/run-command.ts";
import { StartError } from "../local/src/start-error.ts";

/** The base of an image: Node 24 on Debian, Debian, or nothing. */
type Base = "node" | "debian" | "none";

interface Running {
  base: Base;
  entrypoint: readonly string[];
  cmd: readonly string[];
  user: string;
  workdir: string;
}

export interface Packed {
  /** The name without registry and tag. */
  name: string;
  running: Running;
  /** Writes the content of the image to `packages/` and `sources/` of a folder. */
  fill(folder: string): Promise<void>;
}

const log = (line: string) => process.stdout.write(`${line}\n`);

/** The program: writes a folder for each image and runs the command that builds an image from it. */
export async function packAll(help: string, known: (cpu: string) => Promise<Packed[]>): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        out: { type: "string", default: join(import.meta.dirname, "../dist/images") },
        registry: { type: "string" },
        tag: { type: "string", default: "dev" },
        cpu: { type: "string", default: process.arch },
        each: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return void log(help.trimEnd());
    for (const image of chosen(await known(values.cpu), values.only)) {
      const folder = resolve(values.out, image.name);
      await image.fill(folder);
      const reference = `${values.registry ? `${values.registry}/` : ""}${image.name}:${values.tag}`;
      log(`${reference}: ${folder}`);
      if (values.each)
        await runCommand("sh", ["-ec", values.each], { env: imageEnvironment(reference, folder, image), onLine: log });
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const details = error instanceof StartError ? error.details : [];
    process.stderr.write(`${[`images: ${error.message}`, ...details].join("\n")}\n`);
    process.exitCode = 1;
  }
}

function chosen(images: Packed[], names: string[]): Packed[] {
  const short = ({ name }: Packed) => name.replace(/^.*\//, "");
  const unknown = names.find((name) => !images.some((image) => short(image) === name));
  if (unknown) throw new StartError(`--only ${unknown}: unknown image, choose one of ${images.map(short).join(", ")}`);
  return images.filter((image) => names.length === 0 || names.includes(short(image)));
}

function imageEnvironment(reference: string, folder: string, { running }: Packed): NodeJS.ProcessEnv {
  return {
    ...process.env,
    IMAGE: reference,
    BASE: running.base,
    PACKAGES: join(folder, "packages"),
    SOURCES: join(folder, "sources"),
    ENTRYPOINT: JSON.stringify(running.entrypoint),
    CMD: JSON.stringify(running.cmd),
    RUN_AS: running.user,
    WORKDIR: running.workdir,
  };
}
