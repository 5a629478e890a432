import { StartError } from "../start-error.ts";

/**
 * Refuses options that npm took as its own because `--` was missing (`npm start --broker kafka`). npm passes their
 * names in the environment and their values as arguments.
 */
export function refuseSwallowed(
  names: readonly string[],
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): void {
  const script = env.npm_lifecycle_event;
  if (script === undefined) return;
  const swallowed = names.filter((name) => env[variable(name)] !== undefined);
  if (swallowed.length === 0) return;
  const meant = swallowed.map((name) => asWritten(name, env[variable(name)] ?? ""));
  const [only] = swallowed.length === 1 ? words.filter((word) => !word.startsWith("-")) : [];
  const command = script === "start" ? "npm start" : `npm run ${script}`;
  const again = [command, "--", ...meant, ...(only === undefined ? [] : [only])].join(" ");
  throw new StartError(`npm takes these options as its own without -- before them: ${again}`);
}

function variable(name: string): string {
  return `npm_config_${name.replaceAll("-", "_")}`;
}

function asWritten(name: string, value: string): string {
  if (value === "true") return `--${name}`;
  return value === "" ? `--no-${name}` : `--${name}=${value}`;
}
