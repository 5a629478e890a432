import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../local/src/process/run-command.ts";
import { StartError } from "../local/src/start-error.ts";
import { assemble } from "./assemble.ts";
import { assembleDaprd } from "./daprd.ts";
import { type Image, imagesOf, running } from "./image.ts";

const help = `Assembles what the images hold, without Docker: the same files that the Dockerfile takes.

npm run images -- [--only NAME]… [--out FOLDER] [--registry HOST] [--tag TAG] [--each COMMAND]

  --only NAME      orders, gateway, daprd…; once for each; all of them
  --out FOLDER     where the folders <name>/packages and <name>/sources go; dist/images
  --registry HOST  in front of the images' names; none
  --tag TAG        behind them; dev
  --cpu CPU        of the machines that will run them: x64 or arm64; this one's
  --each COMMAND   a shell command for each image, which finds in its environment IMAGE, BASE (node: needs Node 24 below
                   it; none), PACKAGES and SOURCES (folders for the image's root, in this order), ENTRYPOINT and CMD
                   (JSON), RUN_AS and WORKDIR
  --help
`;

const root = resolve(import.meta.dirname, "..");
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      out: { type: "string", default: join(root, "dist/images") },
      registry: { type: "string" },
      tag: { type: "string", default: "dev" },
      cpu: { type: "string", default: process.arch },
      each: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(help.trimEnd());
    return;
  }
  const target = { cpu: values.cpu, epoch: Number(process.env.SOURCE_DATE_EPOCH ?? 0) };
  const out = resolve(values.out);
  for (const image of chosen([...(await imagesOf(root)), "daprd" as const], values.only)) {
    const name = image === "daprd" ? image : image.name;
    const folder = join(out, name);
    await mkdir(out, { recursive: true });
    if (image === "daprd") await assembleDaprd(folder, target, say);
    else await assemble(root, image, folder, target);
    const reference = [values.registry, "sidecart", `${name}:${values.tag}`].filter((part) => part).join("/");
    say(`${reference}: ${folder}`);
    if (values.each) await pack(values.each, reference, folder, image === "daprd" ? running.daprd : running.node);
  }
}

function chosen<Choice extends Image | "daprd">(images: Choice[], names: string[]): Choice[] {
  const nameOf = (image: Image | "daprd") => (image === "daprd" ? image : image.name);
  const known = images.map(nameOf);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new StartError(`--only ${unknown}: there are ${known.join(", ")}`);
  return images.filter((image) => names.length === 0 || names.includes(nameOf(image)));
}

type Running = (typeof running)[keyof typeof running];

async function pack(command: string, image: string, folder: string, run: Running): Promise<void> {
  const env = {
    ...process.env,
    IMAGE: image,
    BASE: run.base,
    PACKAGES: join(folder, "packages"),
    SOURCES: join(folder, "sources"),
    ENTRYPOINT: JSON.stringify(run.entrypoint),
    CMD: JSON.stringify(run.cmd),
    RUN_AS: run.user,
    WORKDIR: run.workdir,
  };
  await runCommand("sh", ["-ec", command], { env, onLine: say });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  process.stderr.write([`images: ${error.message}`, ...(error instanceof StartError ? error.details : [])].join("\n"));
  process.stderr.write("\n");
  process.exitCode = 1;
}
