import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findNatsServer } from "@sidecart/local/parts/nats";
import { normalizeFiles } from "../../../images/assemble.ts";
import { options } from "../../../images/pack.help.mjs";
import { packAll } from "../../../images/pack.ts";
import { fillElasticsearch } from "./elasticsearch.ts";
import { fillRabbitMQ } from "./rabbitmq.ts";

const help = `Builds server images for a test cluster that cannot pull images, from Debian packages, Go modules and Maven.

node tests/cluster/images/build.ts [--only NAME]… [--out FOLDER] [--registry HOST] [--tag TAG] [--each COMMAND]

${options}`;
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function fillNats(folder: string): Promise<void> {
  await copyFile(await findNatsServer(say), join(folder, "nats-server"));
}

/** Writes only `sources`; the layer of packages stays empty. */
function filled(fill: (folder: string) => Promise<void>): (folder: string) => Promise<void> {
  return async (folder) => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "packages"), { recursive: true });
    await mkdir(join(folder, "sources"));
    await fill(join(folder, "sources"));
    normalizeFiles(folder, 0);
  };
}

const user = "999:999";

await packAll(help, async () => [
  {
    name: "elasticsearch",
    running: { base: "debian", entrypoint: ["/usr/local/bin/start-elasticsearch"], cmd: [], user, workdir: "/" },
    fill: filled((folder) => fillElasticsearch(folder, say)),
  },
  {
    name: "rabbitmq",
    running: { base: "debian", entrypoint: ["/usr/local/bin/start-rabbitmq"], cmd: [], user, workdir: "/" },
    fill: filled(fillRabbitMQ),
  },
  {
    name: "nats",
    running: {
      base: "none",
      entrypoint: ["/nats-server"],
      cmd: ["--jetstream", "--store_dir=/data"],
      user,
      workdir: "/",
    },
    fill: filled(fillNats),
  },
]);
