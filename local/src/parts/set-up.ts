import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { yamlFiles } from "../diagnosis/yaml-files.ts";
import { checkout, type Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import { runCommand } from "../process/run-command.ts";
import { secretsFile } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";

const program = join(checkout, "components/setup/src/main.ts");

/**
 * Creates or checks the streams, topics and buckets that the components in `folders` need before the sidecars start.
 * The last line of the program's output is its error.
 */
export async function setUp(instance: Instance, folders: readonly string[], signal?: AbortSignal): Promise<void> {
  const components = folders.flatMap(yamlFiles);
  const args = [...components.flatMap((file) => ["--component", file]), "--secrets", secretsFile(instance)];
  const log = createWriteStream(join(instance.logs, "setup.log"), { mode: 0o600 });
  try {
    await runCommand(process.execPath, [program, ...args], {
      cwd: instance.folder,
      env: inheritedEnvironment(),
      signal,
      onLine: (line) => log.write(`${line}\n`),
    });
  } catch (error) {
    const [said] = error instanceof StartError ? error.details.slice(-1) : [];
    throw said === undefined ? error : new StartError(said);
  } finally {
    log.end();
  }
}
