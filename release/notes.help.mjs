export const help = () => `Prints the section of CHANGELOG.md about a version, as release notes.

npm run --silent release-notes -- VERSION [--links URL]

  --links URL  the web address of that version's files; links to files of the repository then lead there
  --help       prints this text

Fails when there is no section "## VERSION", or when it is empty.
`;
