import { failureText } from "@sidecart/ops/failure";
import { openKubernetes } from "@sidecart/ops/kubernetes";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { changeKeys, type Verb, verbs } from "./change-keys.ts";

const config = z.object({ SIGNING_KEYS_SECRET: z.string().min(1).default("accounts-signing-keys") });

try {
  const verb = z.enum(verbs, { error: `must be ${verbs.join(" or ")}` }).parse(process.argv[2]) satisfies Verb;
  const outcome = await changeKeys(openKubernetes(), loadConfig(config).SIGNING_KEYS_SECRET, verb);
  process.stdout.write(`${outcome}\n`);
} catch (error) {
  process.stderr.write(`signing-keys: ${failureText(error)}\n`);
  process.exitCode = 1;
}
