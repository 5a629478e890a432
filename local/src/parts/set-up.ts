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
 * Creates or checks what must exist before the sidecars start (streams, topics, buckets) for the components declared in
 * `folders`. What is wrong is the last line that the program wrote.
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
