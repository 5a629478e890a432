/**
 * @typedef {object} Usage
 * @property {string} name
 * @property {Record<string, string>} [forms] Its forms, if there are several, with what each does.
 * @property {string} [text]
 * @property {"gateway"} [calls] It calls a gateway, so another gateway can be named.
 */

const elsewhere = `  For a gateway on another machine set SIDECART_URL, and SIDECART_EMAIL and SIDECART_PASSWORD of an admin.
  For a release in Kubernetes use npm run in-cluster.
`;
const instanceOption = "  --instance NAME   the copy of the system on this machine; default: the one that runs\n";
const helpOption = "  --help            prints this text\n";

/**
 * The help of a command that operators run on this machine.
 *
 * @param {Usage} usage
 */
export function usageText({ name, forms, text = "", calls }) {
  const command = `npm run ${name}`;
  const head = forms ? formsText(command, " -- ", forms) : `${command} [-- options]\n`;
  return paragraphs(head, text + (calls ? elsewhere : ""), instanceOption + helpOption);
}

/**
 * The help of the same command under `npm run in-cluster`, which has no instances.
 *
 * @param {Usage} usage
 */
export function inClusterText({ name, forms, text = "" }) {
  const command = `npm run in-cluster -- [options] ${name}`;
  return paragraphs(forms ? formsText(command, " ", forms) : `${command}\n`, text, helpOption);
}

/** @param {string[]} texts */
function paragraphs(...texts) {
  return texts.filter(Boolean).join("\n");
}

/**
 * @param {string} command
 * @param {string} separator
 * @param {Record<string, string>} forms
 */
function formsText(command, separator, forms) {
  const rows = Object.entries(forms).map(([words, does]) => ({
    form: words ? command + separator + words : command,
    does,
  }));
  const width = Math.max(...rows.map(({ form }) => form.length));
  return rows.map(({ form, does }) => `${form.padEnd(width)}  ${does}\n`).join("");
}
