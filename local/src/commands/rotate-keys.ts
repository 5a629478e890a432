import { sidecarOf } from "../apps.ts";
import { recordedProcesses } from "../process/run-record.ts";
import { rotateSigningKeys } from "../secrets/rotate.ts";
import { StartError } from "../start-error.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./rotate-keys.help.mjs";
import { chosenInstance } from "./running-instance.ts";

await runCommandLine(help(), async ({ instance: named, words: [surplus] }) => {
  if (surplus !== undefined) throw new StartError(`${surplus}: this command accepts no arguments (--help)`);
  const instance = chosenInstance(named, "choose a stopped instance with --instance");
  const { kid, signsFrom = 0 } = await rotateSigningKeys(instance);
  const sidecars = [...recordedProcesses(instance.folder)].filter(([process]) => isOfAccounts(process));
  // The local secret store reads its file only at its start; SIGHUP makes a sidecar reload its components.
  for (const [, pid] of sidecars) process.kill(pid, "SIGHUP");
  const from = new Date(signsFrom * 1000).toISOString();
  const read = sidecars.length === 0 ? "" : ", which the accounts sidecar has loaded";
  process.stdout.write(`new signing key ${kid}${read}; it signs from ${from}\n`);
});

function isOfAccounts(process: string): boolean {
  return process === sidecarOf("accounts") || /^accounts-\d+-dapr$/.test(process);
}
