import { failureText } from "@sidecart/ops/failure";
import { openKubernetes } from "@sidecart/ops/kubernetes";
import { fillTokens } from "./fill-tokens.ts";

try {
  const names = process.argv.slice(2);
  if (names.length === 0) throw new Error("name the Secrets");
  for (const line of await fillTokens(openKubernetes(), names)) process.stdout.write(`${line}\n`);
} catch (error) {
  process.stderr.write(`tokens: ${failureText(error)}\n`);
  process.exitCode = 1;
}
