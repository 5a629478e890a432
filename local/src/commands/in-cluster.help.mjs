import { usage as deadLetters } from "./dead-letters.help.mjs";
import { usage as demo } from "./demo.help.mjs";
import { usage as reindex } from "./reindex.help.mjs";
import { usage as seed } from "./seed.help.mjs";
import { usage as story } from "./story.help.mjs";
import { inClusterText } from "./usage.mjs";

const usages = [seed, demo, reindex, deadLetters, story];
export const commands = usages.map(({ name }) => name);
export const writeSamples = [seed.name, demo.name];
const own = `npm run in-cluster -- [options] COMMAND [WORDS…]

  Runs ${commands.join(", ")} against a release in Kubernetes, as its first admin.

  --namespace NAME  the namespace of the release; default: kubectl's current one
  --context NAME    the context of kubectl; default: its current one
  --url URL         a URL of the gateway; default: kubectl forwards a port to it
  --yes-production  lets ${writeSamples.join(" and ")} write sample data into a production release
  --help            prints this text; after a command, the command's help
`;

/**
 * The help of the command among the words, if there is one.
 *
 * @param {string[]} [words]
 */
export function help(words = []) {
  const usage = usages.find(({ name }) => words.includes(name));
  return usage ? inClusterText(usage) : own;
}
