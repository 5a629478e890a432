import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./checkout.ts";
import { help } from "./new.help.mjs";
import { takenBy } from "./taken.ts";
import { codeOfTemplate, filesInWords, listed, readTemplate, type Texts } from "./template.ts";
import { keepTexts } from "./undo.ts";
import { type Words, wordsOf } from "./words.ts";

// npm run new -- service NAME: writes a service from template/ (README.md).

/** The commands that complete a new service, in this order. */
const steps = ["install", "run generate", "run baseline", "run chart -- --update"];
/** Uses the installed packages, so it needs no network. */
const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

/** The folders that only this service has. */
const foldersOf = ({ service }: Words) => [
  `services/${service}`,
  `proto/sidecart/${service}`,
  `gateway/src/domains/${service}`,
];

async function main(): Promise<void> {
  const words = readWords();
  if (words === undefined) return void process.stdout.write(help());
  const template = await readTemplate();
  const taken = takenBy(words, codeOfTemplate(template));
  if (taken) throw new Error(taken);
  const [own, lists] = [filesInWords(template, words), listed(words)];
  process.stdout.write(`${words.service}: a service that keeps ${words.many}; each is called ${words.one}\n`);
  // Ctrl-C ends the current step; then all steps are undone.
  process.on("SIGINT", () => {});
  const kept = await keepTexts();
  try {
    await write(new Map([...own, ...lists]));
    await run([...biome, ...own.keys(), ...lists.keys()].filter((word) => !/\.(md|sql|proto)$/.test(word)));
    for (const step of steps) {
      process.stdout.write(`  npm ${step}\n`);
      await run(["npm", ...quiet, ...step.split(" ")]);
    }
  } catch (error) {
    const made = ["proto/gen/sidecart", "node_modules/@sidecart"].map((folder) => `${folder}/${words.service}`);
    await kept.restore([...foldersOf(words), ...made]);
    throw new Error(`${(error as Error).message}\n  Nothing was changed.`);
  }
  const generated = (await kept.changed()).filter((file) => !lists.has(file));
  process.stdout.write(report(words, [...own.keys()].sort(), [...lists.keys()], generated));
}

const biome = [join(root, "node_modules/.bin/biome"), "check", "--write", "--log-level=error"];

/** Undefined for --help. */
function readWords(): Words | undefined {
  const { positionals, values } = readOptions();
  if (values.help) return undefined;
  const [kind, name, ...more] = positionals;
  if (kind !== "service" || name === undefined || more.length > 0) {
    throw new Error("use npm run new -- service NAME (--help)");
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

/** Runs a program in the checkout; prints its output only if it fails. */
async function run([program = "", ...args]: readonly string[]): Promise<void> {
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  const shown = args.filter((word) => !quiet.includes(word)).join(" ");
  if (code !== 0) throw new Error(`${program} ${shown} failed:\n${output.trimEnd()}`);
}

function report({ service, one }: Words, own: string[], lists: string[], generated: string[]): string {
  const list = (files: string[]) => files.map((file) => `  ${file}\n`).join("");
  const create = `create${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  return `
Yours from now on:
${list(own)}Entered in:
${list(lists)}Generated:
${list(generated)}
Next:
  1. npm run check; npm test -- services/${service} domains/${service}
  2. npm start, then in GraphiQL, logged in: mutation { ${create}(input: {name: "First"}) { id } }
  3. Make it yours: the migration, proto/sidecart/${service}, the use cases, the schema of its domain. After a change of
     these: npm run generate, npm run baseline.
To remove it: delete services/${service}, proto/sidecart/${service}, gateway/src/domains/${service} and its entries in
the two lists; then npm install, npm run generate, npm run baseline, npm run chart -- --update.
`;
}

await main().catch((error: Error) => {
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = 1;
});
