import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import semver from "semver";
import { orRefuse } from "../tests/command-line.ts";
import { help } from "./notes.help.mjs";
import { notesOf } from "./section.ts";

const changelog = join(import.meta.dirname, "../CHANGELOG.md");

const { values, positionals } = orRefuse(() =>
  parseArgs({ allowPositionals: true, options: { links: { type: "string" }, help: { type: "boolean" } } }),
);
if (values.help) process.stdout.write(help());
else process.stdout.write(orRefuse(() => notes(positionals, values.links)));

function notes([tag, surplus]: string[], links: string | undefined): string {
  if (tag === undefined || surplus !== undefined) throw new Error("give one version, such as 0.2.0");
  const version = tag.replace(/^v/, "");
  if (semver.valid(version) !== version) throw new Error(`${tag} is not a version, such as 0.2.0 or 0.2.0-rc.1`);
  return notesOf(readFileSync(changelog, "utf8"), version, links);
}
