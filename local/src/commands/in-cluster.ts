import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, promisify } from "node:util";
import { StartError } from "../start-error.ts";

const commands = ["seed", "demo", "reindex", "dead-letters"];
const usage = `npm run in-cluster -- [options] COMMAND [WORDS…]

  Runs ${commands.join(", ")} against a release in Kubernetes, as its first admin.

  --namespace NAME  of the release (sidecart)
  --context NAME    of kubectl (its current one)
  --url URL         a way to the gateway that is there already (kubectl opens one)
  --help            this text; after the command, that one's
`;
const firstAdmin = "accounts-first-admin";
const gateway = "service/gateway";

const run = promisify(execFile);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { own, command, words } = split(args);
  const { values } = parseOptions(own);
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (!command || !commands.includes(command)) {
    throw new StartError(`${command ?? "no command"}: choose ${commands.join(", ")} (--help)`);
  }
  const target = [
    "--namespace",
    values.namespace ?? "sidecart",
    ...(values.context ? ["--context", values.context] : []),
  ];
  const [SIDECART_EMAIL, SIDECART_PASSWORD] = await Promise.all(
    ["email", "password"].map((key) => secret(target, key)),
  );
  const forward = values.url ? undefined : await portForward(target);
  try {
    const env = { ...process.env, SIDECART_EMAIL, SIDECART_PASSWORD, SIDECART_URL: values.url ?? forward?.url };
    const program = join(import.meta.dirname, `${command}.ts`);
    const child = spawn(process.execPath, [program, ...words], { env, stdio: "inherit" });
    const [code] = await once(child, "close");
    process.exitCode = code ?? 1;
  } finally {
    forward?.process.kill();
  }
}

/** What comes before the command is ours, what follows is the command's. */
function split(args: string[]): { own: string[]; command: string | undefined; words: string[] } {
  const takesValue = (arg: string | undefined) => /^--(namespace|context|url)$/.test(arg ?? "");
  const at = args.findIndex((arg, index) => !arg.startsWith("-") && !takesValue(args[index - 1]));
  return at < 0
    ? { own: args, command: undefined, words: [] }
    : { own: args.slice(0, at), command: args[at], words: args.slice(at + 1) };
}

function parseOptions(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args, options: { namespace: text, context: text, url: text, help: { type: "boolean" } } });
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
