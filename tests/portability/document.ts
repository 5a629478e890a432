import { arch, cpus, platform, release, totalmem } from "node:os";
import { findDapr } from "@sidecart/local/parts/dapr";
import { type Choice, startOf } from "./matrix.ts";
import type { Result } from "./results.ts";

type Known = Choice & Partial<Result>;

const titles: Record<string, string> = {
  broker: "Brokers",
  state: "State stores",
  search: "Search engines",
  media: "Media stores",
  secrets: "Secret stores",
};

/** docs/portability.md, of what the last runs have shown. */
export async function documentOf(known: Known[]): Promise<string> {
  const byKind = Object.entries(Object.groupBy(known, ({ kind }) => kind));
  const sections = byKind.map(([kind, some = []]) => `## ${titles[kind] ?? kind}\n\n${sectionOf(some)}`);
  const starts = known.flatMap((choice) => startOf(choice)?.command ?? []);
  return `# Portability

What runs behind the sidecars is a value at the start, and nothing else differs between these:

\`\`\`sh
${starts.join("\n")}
\`\`\`

Each row is a test, run through real sidecars on the real server with the components of \`components/resources\`. ✓: it
holds. A sentence: what happens there instead, which the test shows. ✗: it does not hold. —: not tried on this choice.

This file is written by \`npm run portability\`; \`npm run portability -- broker=redis,kafka\` tries a part again and keeps
the rest. The figures are of the run at the time in the table, on ${await machine()}. They compare the choices on one
small machine that runs everything at once; they are not what a cluster does.

${sections.join("\n\n")}
`;
}

function sectionOf(choices: Known[]): string {
  const names = new Set(choices.flatMap(({ proofs = [] }) => proofs.map(({ name }) => name)));
  const figures = new Set(choices.flatMap(({ figures = {} }) => Object.keys(figures)));
  // it proves nothing, but what could not be measured is to be seen
  if (choices.every((choice) => proof(choice, "figures") !== "✗")) names.delete("figures");
  const walked = choices.some((choice) => startOf(choice)) ? [row("the README's walk-through", choices, walk)] : [];
  const proved = [...names].map((name) => row(name, choices, (choice) => proof(choice, name)));
  const measured = [...figures].map((name) => row(name, choices, ({ figures }) => figure(figures?.[name])));
  const when = row("run at", choices, ({ at }) => at?.slice(0, 16).replace("T", " ") ?? "not run");
  return `${table("guarantee", choices, [...walked, ...proved])}\n\n${table("figure", choices, [...measured, when])}`;
}

function table(first: string, choices: Known[], rows: string[]): string {
  const head = `| ${first} | ${choices.map(({ name }) => name).join(" | ")} |`;
  return [head, `|---|${choices.map(() => "---|").join("")}`, ...rows].join("\n");
}

function row(name: string, choices: Known[], cell: (choice: Known) => string): string {
  return `| ${name} | ${choices.map(cell).join(" | ")} |`;
}

const walk = ({ walkThrough }: Known) => mark(walkThrough);

function proof({ proofs = [] }: Known, name: string): string {
  const found = proofs.filter((one) => one.name === name);
  if (found.length === 0) return "—";
  if (found.some(({ ok }) => !ok)) return "✗";
  return found.find(({ instead }) => instead !== undefined)?.instead ?? "✓";
}

function mark(ok: boolean | undefined): string {
  if (ok === undefined) return "—";
  return ok ? "✓" : "✗";
}

/** Three figures are as exact as it gets. */
function figure(value: number | string | undefined | null): string {
  if (typeof value !== "number") return value ?? "—";
  return Number.isInteger(value) || value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

async function machine(): Promise<string> {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const { version } = await findDapr(() => {});
  return `${cpus().length} cores (${cpu?.model.trim()}, ${arch()}), ${memory} GiB, ${platform()} ${release()}, Node \
${process.version}, Dapr ${version}`;
}
