export const help = () => `Prints what CHANGELOG.md says of a version: the notes of its release.

npm run --silent release-notes -- VERSION [--links URL]

  --links URL  where the files of that version are on the web; links into the repository then lead there
  --help       this text

A version that has no section "## VERSION" of its own, or an empty one, is refused.
`;
