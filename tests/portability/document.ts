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

/** The text of docs/portability.md, from the latest run of each choice. */
export async function documentOf(known: Known[]): Promise<string> {
  const byKind = Object.entries(Object.groupBy(known, ({ kind }) => kind));
  const sections = byKind.map(([kind, some = []]) => `## ${titles[kind] ?? kind}\n\n${sectionOf(some)}`);
  const starts = known.flatMap((choice) => startOf(choice)?.command ?? []);
  return `# Portability

A start option chooses what runs behind the sidecars. Nothing else differs between these:

\`\`\`sh
${starts.join("\n")}
\`\`\`

Each row is a test through real sidecars on the real server with \`components/resources\`. ✓: passes. ✗: fails. —: not run
on this choice. A sentence: what happens instead, as the test shows.

\`npm run portability\` writes this file (\`-- broker=redis,kafka\` repeats a part and keeps the rest). The figures compare the
choices on one small, shared machine at the time in the table; a cluster behaves differently. The machine: ${await machine()}.

${sections.join("\n\n")}
`;
}

function sectionOf(choices: Known[]): string {
  const names = new Set(choices.flatMap(({ proofs = [] }) => proofs.map(({ name }) => name)));
  const figures = new Set(choices.flatMap(({ figures = {} }) => Object.keys(figures)));
  // "figures" is not a guarantee: it is a row only where a measurement failed.
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

/** Two digits, or whole numbers from 100 on, because the measurements are not more exact. */
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
