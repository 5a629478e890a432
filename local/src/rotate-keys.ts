import { parseArgs } from "node:util";
import { sidecarOf } from "./apps.ts";
import { instanceAt } from "./instance.ts";
import { recordedProcesses } from "./process/run-record.ts";
import { rotateSigningKeys } from "./secrets/rotate.ts";
import { StartError } from "./start-error.ts";

/** `npm run rotate-keys`: a new key will sign, the one before still verifies, older ones are forgotten. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { instance: { type: "string", default: "default" } } });
  const instance = instanceAt(values.instance);
  const { kid, signsFrom = 0 } = await rotateSigningKeys(instance);
  const sidecar = recordedProcesses(instance.folder).get(sidecarOf("accounts"));
  // The local secret store reads its file only when it is initialised; SIGHUP makes a sidecar load its components anew.
  if (sidecar !== undefined) process.kill(sidecar, "SIGHUP");
  const from = new Date(signsFrom * 1000).toISOString();
  const read = sidecar === undefined ? "" : ", the accounts sidecar reads it now";
  process.stdout.write(`new signing key ${kid}${read}; it signs from ${from}\n`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
}
