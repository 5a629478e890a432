import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "../check/tool.ts";

/** Writes a part's section to the evidence file of the day, and replaces an earlier section with the same title. */
export async function keepEvidence(title: string, command: string, lines: readonly string[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const file = join(root, `docs/evidence/growth-${date}.md`);
  const known = await readFile(file, "utf8").catch(() => "");
  const sections = known.split(/^(?=## )/m).slice(1);
  const section = `## ${title}\n\n\`${command}\`\n\n${lines.join("\n")}\n`;
  const place = sections.findIndex((one) => one.startsWith(`## ${title}\n`));
  if (place >= 0) sections[place] = section;
  else sections.push(section);
  const cores = `${availableParallelism()} cores that PostgreSQL, the sidecars and the caller shared`;
  const head = `# Growth, ${date}\n\nPostgreSQL as \`npm start\` runs it, ${cores}.\n`;
  await writeFile(file, [head, ...sections.map((one) => one.trimEnd())].join("\n").concat("\n"));
}
