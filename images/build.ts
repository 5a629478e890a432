import { resolve } from "node:path";
import { assemble } from "./assemble.ts";
import { assembleDaprd } from "./daprd.ts";
import { imagesOf, running } from "./image.ts";
import { type Packed, packAll } from "./pack.ts";

const help = `Assembles the content of the images without Docker: the same files as the Dockerfile.

npm run images -- [--only NAME]… [--out FOLDER] [--registry HOST] [--tag TAG] [--each COMMAND]
`;
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

await packAll(help, known);
