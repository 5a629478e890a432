import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "../check/tool.ts";

type Run = {
  results: { name: string; what: string; lines: string[] }[];
  passed: number;
  failed: number;
  version: string;
  args: string[];
};

/** Writes the results of a complete run. A run of single parts writes no evidence. */
export async function writeEvidence({ results, passed, failed, version, args }: Run): Promise<void> {
  if (args.includes("--only")) return;
  const date = new Date().toISOString().slice(0, 10);
  const shown = results.map(
    ({ name, what, lines }) => `## ${name}\n\n${what}.\n\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`,
  );
  const text = `# The cluster, ${date}

\`npm run cluster${args.length > 0 ? ` -- ${args.join(" ")}` : ""}\` on Kubernetes ${version} with Dapr, one node of ${availableParallelism()}
cores that other work shared: ${passed} passed, ${failed} failed.

${shown.join("\n")}`;
  await writeFile(join(root, `docs/evidence/cluster-${date}.md`), text);
}
