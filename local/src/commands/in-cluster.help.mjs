import { usage as deadLetters } from "./dead-letters.help.mjs";
import { usage as demo } from "./demo.help.mjs";
import { usage as reindex } from "./reindex.help.mjs";
import { usage as seed } from "./seed.help.mjs";
import { inClusterText } from "./usage.mjs";

const usages = [seed, demo, reindex, deadLetters];
export const commands = usages.map(({ name }) => name);
export const writeSamples = [seed.name, demo.name];
const own = `npm run in-cluster -- [options] COMMAND [WORDS…]

  Runs ${commands.join(", ")} against a release in Kubernetes, as its first admin.

  --namespace NAME  of the release (kubectl's current one)
  --context NAME    of kubectl (its current one)
  --url URL         a way to the gateway that is there already (kubectl opens one)
  --yes-production  ${writeSamples.join(" and ")} write sample data into a release for production too
  --help            this text; after the command, that one's
`;

/**
 * With the name of a command among the words, that command's.
 *
 * @param {string[]} [words]
 */
export function help(words = []) {
  const usage = usages.find(({ name }) => words.includes(name));
  return usage ? inClusterText(usage) : own;
}
