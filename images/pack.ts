import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../local/src/process/run-command.ts";
import { StartError } from "../local/src/start-error.ts";

/** What is below a folder that is made an image: Node 24 on Debian, Debian, or nothing. */
type Base = "node" | "debian" | "none";

interface Running {
  base: Base;
  entrypoint: readonly string[];
  cmd: readonly string[];
  user: string;
  workdir: string;
}

export interface Packed {
  /** Without registry and tag. */
  name: string;
  running: Running;
  /** Fills `packages/` and `sources/` of a folder. */
  fill(folder: string): Promise<void>;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** A program that fills a folder for each image, and hands it to whoever makes images of folders. */
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
    if (values.help) return void say(help.trimEnd());
    for (const image of chosen(await known(values.cpu), values.only)) {
      const folder = resolve(values.out, image.name);
      await image.fill(folder);
      const reference = `${values.registry ? `${values.registry}/` : ""}${image.name}:${values.tag}`;
      say(`${reference}: ${folder}`);
      if (values.each)
        await runCommand("sh", ["-ec", values.each], { env: about(reference, folder, image), onLine: say });
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
  if (unknown) throw new StartError(`--only ${unknown}: there are ${images.map(short).join(", ")}`);
  return images.filter((image) => names.length === 0 || names.includes(short(image)));
}

function about(reference: string, folder: string, { running }: Packed): NodeJS.ProcessEnv {
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
