import { OptionError } from "@sidecart/pluggable/options";
import type { Secret } from "@sidecart/pluggable/secret-store";
import { z } from "zod";

const content = z.record(z.string().min(1), z.string());
const variableName = /^[A-Z0-9]+(_[A-Z0-9]+)*$/;

/**
 * Reads one secret from each variable with the prefix: `SIDECART_SECRET_STATE_DB={"connectionString":"…"}` is the secret
 * `state-db`. An invalid variable is an error that contains its name and not its value.
 */
export function readSecrets(environment: Record<string, string | undefined>, prefix: string): Map<string, Secret> {
  const secrets = new Map<string, Secret>();
  const problems: { option: string; problem: string }[] = [];
  for (const [variable, value = ""] of Object.entries(environment)) {
    if (!variable.startsWith(prefix)) continue;
    const name = variable.slice(prefix.length);
    const secret = content.safeParse(parseJson(value));
    if (variableName.test(name) && secret.success) secrets.set(secretName(name), secret.data);
    else problems.push({ option: "prefix", problem: `the variable ${variable} ${reason(secret.success)}` });
  }
  if (problems.length > 0) throw new OptionError(problems);
  return secrets;
}

function reason(isObject: boolean): string {
  if (isObject)
    return "is not a valid name of a secret: use capital letters and digits, separated by single underscores";
  return 'is not a JSON object whose values are strings, such as {"host":"…","password":"…"}';
}

function secretName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
