import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, promisify } from "node:util";
import { refuseSwallowed } from "../screen/swallowed-options.ts";
import { StartError } from "../start-error.ts";
import { gatewayUrl } from "./api.ts";
import { commands, help, writeSamples } from "./in-cluster.help.mjs";

const firstAdmin = "accounts-first-admin";
const gateway = "service/gateway";
const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const options = { namespace: text, context: text, url: text, "yes-production": flag, help: flag };

const run = promisify(execFile);

async function main(): Promise<void> {
  const { own, command, words } = split(process.argv.slice(2));
  const { values } = parseOptions(own);
  refuseSwallowed(Object.keys(options), []);
  if (values.help) {
    process.stdout.write(help());
    return;
  }
  if (!command || !commands.includes(command)) {
    throw new StartError(`${command ?? "no command"}: choose ${commands.join(", ")} (--help)`);
  }
  if (words.includes("--help")) {
    process.stdout.write(help([command]));
    return;
  }
  const url = values.url === undefined ? undefined : gatewayUrl(values.url, "--url");
  const target = await releaseAt(values);
  if (writeSamples.includes(command) && !values["yes-production"]) await refuseProduction(target, command);
  const [SIDECART_EMAIL, SIDECART_PASSWORD] = await Promise.all(
    ["email", "password"].map((key) => secret(target, key)),
  );
  const forward = url ? undefined : await portForward(target);
  try {
    const env = { SIDECART_EMAIL, SIDECART_PASSWORD, SIDECART_URL: url ?? forward?.url };
    process.exitCode = await runCommand(command, words, env);
  } finally {
    forward?.process.kill();
  }
}

async function runCommand(command: string, words: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${command}.ts`), ...words], {
    env: { ...process.env, ...env, SIDECART_IN_CLUSTER: "1" },
    stdio: "inherit",
  });
  const [code] = await once(child, "close");
  return code ?? 1;
}

/** kubectl's arguments for the release. Prints the context and namespace before anything else happens. */
async function releaseAt(values: { context?: string; namespace?: string }): Promise<string[]> {
  const context = values.context ?? (await kubectl(["config", "current-context"])).trim();
  const current = ["config", "view", "--minify", "--context", context, "--output", "jsonpath={..namespace}"];
  const namespace = values.namespace ?? ((await kubectl(current)).trim() || "default");
  process.stderr.write(`· context ${context}, namespace ${namespace}\n`);
  return ["--namespace", namespace, "--context", context];
}

/** The chart labels every Deployment with its `environment`. */
async function refuseProduction(target: string[], command: string): Promise<void> {
  const label = 'go-template={{index .metadata.labels "app.sidecart/environment"}}';
  const environment = await kubectl([...target, "get", "deployment", "gateway", "--output", label]);
  if (environment === "development") return;
  const found = environment === "production" ? "is for production" : "has no environment";
  throw new StartError(`this release ${found}: ${command} writes sample data into it only with --yes-production`);
}

/** Options before the command are ours; the rest belongs to the command. */
function split(args: string[]): { own: string[]; command: string | undefined; words: string[] } {
  const takesValue = (arg: string | undefined) => /^--(namespace|context|url)$/.test(arg ?? "");
  const at = args.findIndex((arg, index) => !arg.startsWith("-") && !takesValue(args[index - 1]));
  return at < 0
    ? { own: args, command: undefined, words: [] }
    : { own: args.slice(0, at), command: args[at], words: args.slice(at + 1) };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, options });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split(". ");
    throw new StartError(`${reason} (--help)`);
  }
}

async function secret(target: string[], key: string): Promise<string> {
  const output = ["--output", `go-template={{index .data "${key}" | base64decode}}`];
  return kubectl([...target, "get", "secret", firstAdmin, ...output]);
}

async function kubectl(args: string[]): Promise<string> {
  try {
    return (await run("kubectl", args)).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string; stderr?: string };
    if (code === "ENOENT") throw new StartError("kubectl is not installed: https://kubernetes.io/docs/tasks/tools");
    throw new StartError(`kubectl: ${stderr.trim()}`);
  }
}

async function portForward(target: string[]): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn("kubectl", [...target, "port-forward", gateway, ":80"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = line.match(/^Forwarding from (127\.0\.0\.1:\d+)/) ?? [];
    if (address) return { process: child, url: `http://${address}` };
  }
  throw new StartError(`kubectl cannot reach ${gateway}`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`✗ ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
