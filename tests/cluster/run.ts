import { parseArgs } from "node:util";
import { orRefuse, refuse } from "../command-line.ts";
import { writeEvidence } from "./evidence.ts";
import { deploy } from "./helm.ts";
import { command, kubectl } from "./kubectl.ts";
import type { Cluster, Report } from "./part.ts";
import { parts } from "./parts.ts";
import { help } from "./run.help.mjs";

const { values } = orRefuse(() =>
  parseArgs({
    options: {
      registry: { type: "string", default: "" },
      tag: { type: "string", default: "dev" },
      "next-tag": { type: "string" },
      servers: { type: "string" },
      namespace: { type: "string", default: "sidecart-test" },
      only: { type: "string", multiple: true, default: [] },
      seconds: { type: "string", default: "60" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  }),
);
const say = (text: string) => void process.stdout.write(`${text}\n`);
if (values.help) {
  say(help().trimEnd());
  process.exit(0);
}

const { registry, tag, namespace, servers } = values;
const settings = { registry, tag, namespace, servers, nextTag: values["next-tag"], seconds: Number(values.seconds) };
const cluster: Cluster = {
  ...settings,
  kubectl: kubectl(namespace),
  helm: (...more) => deploy(settings, more),
  reset: () => deploy(settings, []),
  image: (name) => [registry, "sidecart", `${name}:${tag}`].filter(Boolean).join("/"),
};

const wanted = (name: string) => values.only.length === 0 || values.only.includes(name);
const unknown = values.only.find((name) => !parts.some((part) => part.name === name));
if (unknown) refuse(`unknown part ${unknown}, choose one of ${parts.map(({ name }) => name).join(", ")}`);
if (!/^[1-9]\d*$/.test(values.seconds)) refuse(`--seconds ${values.seconds}: must be a whole number`);

const version = await command("kubectl", ["version", "-o", "json"]).then(
  (text) => JSON.parse(text).serverVersion.gitVersion as string,
  () => refuse("kubectl cannot connect to a cluster: start one, and set KUBECONFIG"),
);

let passed = 0;
let failed = 0;
const results: { name: string; what: string; lines: string[] }[] = [];
for (const part of parts) {
  const always = part.name === "install" || (part.name === "uninstall" && !values.keep);
  if (!always && (!wanted(part.name) || (part.name === "uninstall" && values.keep))) continue;
  say(`\n${part.name}: ${part.what}`);
  const lines: string[] = [];
  const tell = (line: string) => {
    lines.push(line);
    say(`  ${line}`);
  };
  const report: Report = {
    expect(what, holds, otherwise) {
      if (holds) passed += 1;
      else failed += 1;
      tell(`${holds ? "✓" : "✗"} ${what}`);
      if (!holds && otherwise !== undefined)
        tell(`    ${typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise)}`);
    },
    note: (text) => tell(`  ${text}`),
  };
  try {
    await part.run(cluster, report);
  } catch (error) {
    report.expect(`${part.name} finishes`, false, error instanceof Error ? error.message : String(error));
    if (part.name === "install") break;
  }
  results.push({ name: part.name, what: part.what, lines });
}
say(`\n${passed} passed, ${failed} failed`);
await writeEvidence({ results, passed, failed, version, args: process.argv.slice(2) });
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
