import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { notesOf } from "./section.ts";

const changelog = `# Changelog

What users notice, newest first.

## Unreleased

- Not out yet.

## 0.2.0 (2026-12-01)

- **Brokers**: Kafka too, with the same
  promises ([docs/brokers.md](docs/brokers.md)).
  - one of its own
- See [semver](https://semver.org) and [above](#changelog).

### Fixed

- A line.

## 0.2.0-rc.1

- A candidate.

## 0.1.0

`;

t.test("the notes of a version are its section, one line for each paragraph", async (t) => {
  t.equal(
    notesOf(changelog, "0.2.0"),
    `- **Brokers**: Kafka too, with the same promises ([docs/brokers.md](docs/brokers.md)).
  - one of its own
- See [semver](https://semver.org) and [above](#changelog).

### Fixed

- A line.
`,
  );
  t.equal(notesOf(changelog, "0.2.0-rc.1"), "- A candidate.\n");
});

t.test("links into the repository lead to the files of that version", async (t) => {
  const notes = notesOf(changelog, "0.2.0", "https://example.test/blob/v0.2.0");
  t.match(notes, "[docs/brokers.md](https://example.test/blob/v0.2.0/docs/brokers.md)");
  t.match(notes, "[semver](https://semver.org) and [above](#changelog)");
});

t.test("a version without notes is refused", async (t) => {
  t.throws(() => notesOf(changelog, "0.3.0"), { message: 'CHANGELOG.md has no section "## 0.3.0"' });
  t.throws(() => notesOf(changelog, "0.2"), { message: 'CHANGELOG.md has no section "## 0.2"' });
  t.throws(() => notesOf(changelog, "0.1.0"), { message: "the section of CHANGELOG.md about 0.1.0 is empty" });
});

t.test("a wrong version or one that is not in the changelog ends the command in one line", async (t) => {
  for (const [words, said] of [
    [[], "✗ give one version, such as 0.2.0 (--help)\n"],
    [["v1"], "✗ v1 is not a version, such as 0.2.0 or 0.2.0-rc.1 (--help)\n"],
    [["0.2.0+build"], "✗ 0.2.0+build is not a version, such as 0.2.0 or 0.2.0-rc.1 (--help)\n"],
    [["v99.0.0"], '✗ CHANGELOG.md has no section "## 99.0.0" (--help)\n'],
  ] as const) {
    const ran = spawnSync(process.execPath, [join(import.meta.dirname, "notes.ts"), ...words], { encoding: "utf8" });
    t.same({ code: ran.status, out: ran.stdout, said: ran.stderr }, { code: 1, out: "", said });
  }
});
