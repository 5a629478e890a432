import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { root } from "./checkout.ts";
import { help } from "./new.help.mjs";
import { takenBy } from "./taken.ts";
import { codeOfTemplate, filesInWords, listed, readTemplate, type Texts } from "./template.ts";
import { createUndo, type Undo } from "./undo.ts";
import { type Words, wordsOf } from "./words.ts";

// npm run new -- service NAME: writes a service from template/ (README.md).

/** The commands that complete a new service, in order, and the files that each may write. */
const steps: [command: string, files: string[]][] = [
  ["install", ["package-lock.json"]],
  [
    "run generate",
    [
      "docker-bake.hcl",
      "charts/sidecart/{services,values-production}.yaml",
      "components/resources/**/*.yaml",
      "docs/{api,flow,operations}.md",
      "gateway/src/services.ts",
      "gateway/src/domains/schema-types.ts",
      "gateway/src/domains/operations-admin/service-name.graphql",
      "proto/gen/**/*.ts",
    ],
  ],
  ["run baseline", ["gateway/schema.snapshot.graphql", "proto/baseline.json"]],
  ["run chart -- --update", ["tests/chart/golden/*.yaml"]],
];
/** `--prefer-offline`: npm needs no network for packages that it has. */
const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

async function main(): Promise<void> {
  const words = readWords();
  if (words === undefined) return void process.stdout.write(help());
  const template = await readTemplate();
  const taken = takenBy(words, codeOfTemplate(template));
  if (taken) throw new Error(taken);
  const [own, lists] = [filesInWords(template, words), listed(words)];
  process.stdout.write(`${words.service}: a service that keeps ${words.many}; each is called ${words.one}\n`);
  const undo = createUndo(root);
  try {
    await create(new Map([...own, ...lists]), undo, stopSignal());
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${await undone(undo, words)}`);
  }
  const generated = undo.written().filter((file) => !own.has(file) && !lists.has(file));
  process.stdout.write(report(words, [...own.keys()].sort(), [...lists.keys()], generated));
}

/** Aborted by the first signal that asks this process to end. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  }
  return stop.signal;
}

async function create(texts: Texts, { step }: Undo, signal: AbortSignal): Promise<void> {
  const files = [...texts.keys()];
  await step(files, async () => {
    await write(texts);
    await run([...biome, ...files.filter((file) => !/\.(md|sql|proto)$/.test(file))], signal);
  });
  for (const [command, written] of steps) {
    process.stdout.write(`  npm ${command}\n`);
    await step(written, () => run(["npm", ...quiet, ...command.split(" ")], signal));
  }
}

/** Restores the files that we wrote, and says so in one line for each that stays. */
async function undone(undo: Undo, { service }: Words): Promise<string> {
  try {
    await rm(join(root, "services", service, "node_modules"), { recursive: true, force: true });
    await rm(join(root, "node_modules/@sidecart", service), { force: true });
    const left = await undo.undo();
    if (left.length === 0) return "  All files are as before.";
    const lines = left.map((file) => `\n    ${file}`).join("");
    return `  All files are as before, except those that somebody changed meanwhile. Restore them by hand:${lines}`;
  } catch (error) {
    return `  Not all files could be restored: ${(error as Error).message}`;
  }
}

const biome = [join(root, "node_modules/.bin/biome"), "check", "--write", "--log-level=error"];

/** Undefined for --help. */
function readWords(): Words | undefined {
  const { positionals, values } = readOptions();
  if (values.help) return undefined;
  const [kind, name, ...more] = positionals;
  if (kind !== "service" || name === undefined || more.length > 0) {
    throw new Error("usage: npm run new -- service NAME (--help)");
  }
  return wordsOf(name, values.of);
}

function readOptions() {
  try {
    const options = { of: { type: "string" }, help: { type: "boolean" } } as const;
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    const [reason] = (error as Error).message.split(". ");
    throw new Error(`${reason} (--help)`);
  }
}

async function write(texts: Texts): Promise<void> {
  for (const [file, text] of texts) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
}

/** Runs a program in the checkout and shows its output only if it fails. A signal ends it with what it started. */
async function run([program = "", ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const options = { cwd: root, stdin: "ignore", all: true, reject: false, killDescendants: true } as const;
  const { failed, all, shortMessage } = await execa(program, args, { ...options, cancelSignal: signal });
  signal.throwIfAborted();
  const shown = args.filter((word) => !quiet.includes(word)).join(" ");
  if (failed) throw new Error(`${program} ${shown} failed:\n${all?.trimEnd() || shortMessage}`);
}

function report({ service, one }: Words, own: string[], lists: string[], generated: string[]): string {
  const list = (files: string[]) => files.map((file) => `  ${file}\n`).join("");
  const create = `create${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  return `
Created:
${list(own)}Added to:
${list(lists)}Generated:
${list(generated)}
Next:
  1. npm run check; npm test -- services/${service} domains/${service}
  2. npm start, then in GraphiQL, logged in: mutation { ${create}(input: {name: "First"}) { id } }
  3. Change it as you need: the migration, proto/sidecart/${service}, the use cases, the schema of its domain. Afterwards:
     npm run generate, npm run baseline, npm run chart -- --update.
To remove it: delete services/${service}, proto/sidecart/${service}, gateway/src/domains/${service} and its entries in
the two lists; then npm install, npm run generate, npm run baseline, npm run chart -- --update.
`;
}

await main().catch((error: Error) => {
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
});
