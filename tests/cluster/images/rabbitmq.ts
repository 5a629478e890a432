import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "@sidecart/local/process/run-command";

const start = join(import.meta.dirname, "start-rabbitmq");
// Above all no /lib: it would take the place of the base's link into /usr.
const unread = ["usr/share/doc", "usr/share/man", "usr/share/lintian", "etc/init.d", "lib", "usr/lib/erlang/man"];

/** RabbitMQ and Erlang out of Debian's packages, unpacked and not installed, with its management plugin. */
export async function fillRabbitMQ(folder: string): Promise<void> {
  const downloads = await mkdtemp(join(tmpdir(), "sidecart-debs-"));
  try {
    await runCommand("apt-get", ["download", ...(await wanted("rabbitmq-server"))], { cwd: downloads });
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

/** A package with what of Erlang it depends on; the rest is in the base. */
async function wanted(name: string): Promise<string[]> {
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map((kind) => `--no-${kind}`);
  const listed = await runCommand("apt-cache", ["depends", "--recurse", ...only, name]);
  return [...new Set(listed.match(/^(rabbitmq-server|erlang-\S+)$/gm))].sort();
}
