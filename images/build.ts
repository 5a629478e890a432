import { resolve } from "node:path";
import { assemble } from "./assemble.ts";
import { help } from "./build.help.mjs";
import { assembleDaprd } from "./daprd.ts";
import { imagesOf, running } from "./image.ts";
import { type Packed, packAll } from "./pack.ts";

const root = resolve(import.meta.dirname, "..");

async function known(cpu: string): Promise<Packed[]> {
  const target = { cpu, epoch: Number(process.env.SOURCE_DATE_EPOCH ?? 0) };
  const services = (await imagesOf(root)).map((image) => ({
    name: `sidecart/${image.name}`,
    running: running.node,
    fill: (folder: string) => assemble(root, image, folder, target),
  }));
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const fill = (folder: string) => assembleDaprd(folder, target, log);
  return [...services, { name: "sidecart/daprd", running: running.daprd, fill }];
}

await packAll(help(), known);
