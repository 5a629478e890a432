/** The names in a new service. */
export type Words = {
  /** `reviews`: folder, app id, database, proto package. */
  service: string;
  /** `review`: one of its rows. */
  one: string;
  /** `reviews`: its table. */
  many: string;
};

const form = /^[a-z]{3,20}$/;

/** Throws an error of one line if the name does not give these words. */
export function wordsOf(service: string, of?: string): Words {
  if (!form.test(service)) throw new Error(`${service}: a name is 3 to 20 lower-case letters`);
  if (of !== undefined && !form.test(of)) throw new Error(`--of ${of}: a noun is 3 to 20 lower-case letters`);
  const one = of ?? singularOf(service);
  if (one === undefined) throw new Error(`${service} is not a plain plural: name its rows with --of NOUN`);
  const words = { service, one, many: of === undefined ? service : pluralOf(of) };
  if (words.many === one) throw new Error(`${one}: its plural is the same word: choose another with --of NOUN`);
  return words;
}

const irregular = ["news", "series", "species"];

/** Undefined if the letters do not show the singular. */
function singularOf(plural: string): string | undefined {
  if (!plural.endsWith("s") || /(ss|us|is)$/.test(plural) || irregular.includes(plural)) return undefined;
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, "y");
  if (/(ss|x|sh|tch|nch|rch)es$/.test(plural)) return plural.replace(/es$/, "");
  return plural.replace(/s$/, "");
}

function pluralOf(one: string): string {
  if (/[^aeiou]y$/.test(one)) return one.replace(/y$/, "ies");
  return /(s|x|z|ch|sh)$/.test(one) ? `${one}es` : `${one}s`;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Renames a text or path of the template, whose service `warehouse` stores widgets. */
export function inWords(text: string, { service, one, many }: Words): string {
  const words: Record<string, string> = {
    ...{ warehouse: service, Warehouse: capital(service) },
    ...{ widget: one, Widget: capital(one), WIDGET: one.toUpperCase(), widgets: many, Widgets: capital(many) },
  };
  const article = /^[aeio]/.test(one) ? "$1n $2" : "$1 $2";
  return text
    .replace(/\b([Aa]) (widget\b)/g, article)
    .replace(/[Ww]arehouse|[Ww]idgets|[Ww]idget|WIDGET/g, (word) => words[word] ?? word);
}
