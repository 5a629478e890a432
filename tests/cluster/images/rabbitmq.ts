import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "@sidecart/local/process/run-command";

const start = join(import.meta.dirname, "start-rabbitmq");
// No /lib: it would replace the base image's link to /usr/lib.
const unread = ["usr/share/doc", "usr/share/man", "usr/share/lintian", "etc/init.d", "lib", "usr/lib/erlang/man"];

/** Writes RabbitMQ with its management plugin, and Erlang, from Debian's packages. They are unpacked, not installed. */
export async function fillRabbitMQ(folder: string): Promise<void> {
  const downloads = await mkdtemp(join(tmpdir(), "sidecart-debs-"));
  try {
    await runCommand("apt-get", ["download", ...(await packagesOf("rabbitmq-server"))], { cwd: downloads });
    for (const file of await readdir(downloads)) await runCommand("dpkg-deb", ["-x", join(downloads, file), folder]);
  } finally {
    await rm(downloads, { recursive: true });
  }
  for (const each of unread) await rm(join(folder, each), { recursive: true, force: true });
  await mkdir(join(folder, "usr/local/bin"), { recursive: true });
  await copyFile(start, join(folder, "usr/local/bin/start-rabbitmq"));
  await mkdir(join(folder, "etc/rabbitmq/conf.d"), { recursive: true });
  await writeFile(join(folder, "etc/rabbitmq/enabled_plugins"), "[rabbitmq_management].\n");
}

/** A package and its Erlang dependencies. The base image contains its other dependencies. */
async function packagesOf(name: string): Promise<string[]> {
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`);
  const listed = await runCommand("apt-cache", ["depends", "--recurse", ...only, name]);
  return [...new Set(listed.match(/^(rabbitmq-server|erlang-\S+)$/gm))].sort();
}
