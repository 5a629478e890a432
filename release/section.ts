/**
 * The section of a version in a changelog, without its heading. Lines of one paragraph are joined: GitHub shows each line
 * of a release's notes as one. With `links`, links to files of the repository lead below that URL. Throws when there is
 * no such section, or nothing in it.
 */
export function notesOf(changelog: string, version: string, links?: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => headingOf(text).split(/\s/, 1)[0] === version);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  const text = section.slice(headingOf(section).length).trim();
  if (text === "") throw new Error(`CHANGELOG.md says nothing of ${version}`);
  const joined = text.replace(/\n +(?! |[-*] )/g, " ");
  return `${links === undefined ? joined : absolute(joined, links)}\n`;
}

function headingOf(section: string): string {
  return section.split("\n", 1)[0] ?? "";
}

function absolute(text: string, links: string): string {
  return text.replace(/\]\((?!https?:|#|mailto:)([^)]+)\)/g, `](${links}/$1)`);
}
