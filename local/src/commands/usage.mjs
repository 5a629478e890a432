/**
 * @typedef {object} Usage
 * @property {string} name
 * @property {Record<string, string>} [forms] What each form of words does, where there are several.
 * @property {string} [text]
 * @property {"gateway"} [asks] It asks a gateway, so that another one can be named.
 */

const elsewhere = `  Elsewhere than on this machine: SIDECART_URL, with SIDECART_EMAIL and SIDECART_PASSWORD of an admin; a release in
  Kubernetes: npm run in-cluster.
`;
const instanceOption = "  --instance NAME   which copy of the system on this machine (the one that runs)\n";
const helpOption = "  --help            this text\n";

/**
 * The help of an operator's command on this machine.
 *
 * @param {Usage} usage
 */
export function usageText({ name, forms, text = "", asks }) {
  const command = `npm run ${name}`;
  const head = forms ? formsText(command, " -- ", forms) : `${command} [-- options]\n`;
  return paragraphs(head, text + (asks ? elsewhere : ""), instanceOption + helpOption);
}

/**
 * The help of the same command behind `npm run in-cluster`, where there is no instance to choose.
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
  const written = Object.entries(forms).map(([words, does]) => ({
    form: words ? command + separator + words : command,
    does,
  }));
  const width = Math.max(...written.map(({ form }) => form.length));
  return written.map(({ form, does }) => `${form.padEnd(width)}  ${does}\n`).join("");
}
