import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "./checkout.ts";
import { inWords, type Words } from "./words.ts";

const folder = join(import.meta.dirname, "../template");

/** Texts by path in the checkout. */
export type Texts = Map<string, string>;

/** The files of the template, unchanged. */
export async function readTemplate(): Promise<Texts> {
  const texts: Texts = new Map();
  for await (const entry of glob("**/*", { cwd: folder, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) texts.set(path.slice(folder.length + 1), await readFile(path, "utf8"));
  }
  return texts;
}

/** The template's code without comments and without the words that a new service replaces. */
export function codeOfTemplate(template: Texts): string {
  const code = [...template].filter(([file]) => /\.(ts|graphql|proto|sql)$/.test(file)).map(([, text]) => text);
  return code
    .join("\n")
    .replace(/\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|\/\/.*|^ *-- .*/gm, "")
    .replace(/\b[Ww]arehouse\b|\b[Ww]idgets?\b/g, "");
}

/** The files of a new service. */
export const filesInWords = (template: Texts, words: Words): Texts =>
  new Map([...template].map(([file, text]) => [inWords(file, words), inWords(text, words)]));

/** The two files that list the service. Throws an error of one line if a file has an unexpected form. */
export function listed({ service }: Words): Texts {
  return new Map([
    entered("services/index.ts", service, `./${service}/service.ts`, /(?<=\[)[^[\]]*(?=\];)/),
    entered("gateway/src/domains/domains.ts", service, `./${service}/domain.ts`, /(?<=domains: .* = \[)[^\]]*(?=\])/),
  ]);
}

/** Adds an import and a list entry to a file; `gateway` stays the last entry. */
function entered(file: string, name: string, module: string, list: RegExp): [string, string] {
  const text = readText(file) ?? "";
  const entries = text.match(list)?.[0];
  const lastImport = text.lastIndexOf("\nimport ") + 1;
  if (entries === undefined || lastImport === 0) throw new Error(`${file} has no list to enter ${name} in`);
  const names = entries
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  const place = names.at(-1) === "gateway" ? -1 : names.length;
  const more = text.replace(list, names.toSpliced(place, 0, name).join(", "));
  return [file, `${more.slice(0, lastImport)}import { ${name} } from "${module}";\n${more.slice(lastImport)}`];
}
