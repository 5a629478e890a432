/**
 * The section of a version in a changelog, without its heading. Joins the lines of a paragraph, because GitHub keeps
 * line breaks in release notes. With `links`, links to files of the repository get that URL as their base. Throws if
 * the section is missing or empty.
 */
export function notesOf(changelog: string, version: string, links?: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => headingOf(text).split(/\s/, 1)[0] === version);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  const text = section.slice(headingOf(section).length).trim();
  if (text === "") throw new Error(`the section of CHANGELOG.md about ${version} is empty`);
  const joined = text.replace(/\n +(?! |[-*] )/g, " ");
  return `${links === undefined ? joined : absolute(joined, links)}\n`;
}

function headingOf(section: string): string {
  return section.split("\n", 1)[0] ?? "";
}

function absolute(text: string, links: string): string {
  return text.replace(/\]\((?!https?:|#|mailto:)([^)]+)\)/g, `](${links}/$1)`);
}
