/** A part of an SQL text with parameters. The last parameter receives all remaining arguments, including commas. */
export type Fragment = { parameters: readonly string[]; body: string };

/** What a text can refer to: fragments as `:name(…)`, values as `:name`. `onUse` is called for each fragment. */
export type Scope = {
  fragments: ReadonlyMap<string, Fragment>;
  lookUp(name: string): string | undefined;
  onUse(fragment: string): void;
};

const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?:\s|--[^\n]*)+|(?<![:\w]):([a-z_]+)(\()?/g;

/** Expands fragments and values, and removes comments and redundant white space. Literals stay unchanged. */
export function expand(text: string, scope: Scope): string {
  let expanded = "";
  let at = 0;
  for (let match = next(text, at); match; match = next(text, at)) {
    const [found, name, open] = match;
    expanded += text.slice(at, match.index);
    at = match.index + found.length;
    if (name === undefined) {
      expanded += plain(found);
    } else if (open) {
      const end = closing(text, at);
      expanded += call(name, text.slice(at, end), scope);
      at = end + 1;
    } else {
      expanded += filledIn(name, scope);
    }
  }
  return (expanded + text.slice(at)).replace(/^ | $/g, "");
}

function next(text: string, from: number): RegExpExecArray | null {
  token.lastIndex = from;
  return token.exec(text);
}

const plain = (found: string): string => (/^['"]/.test(found) ? found : " ");

function filledIn(name: string, { lookUp }: Scope): string {
  const found = lookUp(name);
  if (found === undefined) throw new Error(`:${name} is neither a parameter nor a constant`);
  return found;
}

function call(name: string, given: string, scope: Scope): string {
  if (name === "input") return record("jsonb_to_record($1::jsonb)", split(given, Number.POSITIVE_INFINITY));
  if (name === "records") {
    const [source = "", ...columns] = split(given, Number.POSITIVE_INFINITY);
    return `lateral (${record(`jsonb_to_recordset(${expand(source, scope)})`, columns)})`;
  }
  const fragment = scope.fragments.get(name);
  if (!fragment) throw new Error(`there is no fragment ${name}`);
  const { parameters, body } = fragment;
  const args = split(given, parameters.length).map((one) => expand(one, scope));
  if (args.length !== parameters.length)
    throw new Error(`fragment ${name} expects ${parameters.length} arguments, but has ${args.length}`);
  scope.onUse(name);
  const own = new Map(parameters.map((parameter, place) => [parameter, args[place] ?? ""]));
  return expand(body, { ...scope, lookUp: (value) => own.get(value) ?? scope.lookUp(value) });
}

/**
 * Converts between the two naming conventions: JSON keys in camelCase, columns in snake_case. `account_id uuid` reads
 * the key `accountId`.
 */
function record(source: string, columns: string[]): string {
  const read = columns.map((column) => {
    const [, name, type] = /^(\w+) (.+)$/.exec(column.replace(/\s+/g, " ").trim()) ?? [];
    if (name === undefined) throw new Error(`"${column}" is not a column: write its name and type`);
    const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return { definition: `"${key}" ${type}`, selected: `"${key}" as "${name}"` };
  });
  const [selected, definitions] = [read.map((one) => one.selected), read.map((one) => one.definition)];
  return `select ${selected.join(", ")} from ${source} as i(${definitions.join(", ")})`;
}

/** The position of the parenthesis that closes the one opened before `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (const { at, character } of outsideLiterals(text, from)) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a parenthesis is not closed: ${text.slice(from, from + 40)}`);
}

/** Splits arguments, at most `most`. The last one keeps the rest. Comments are removed. */
function split(given: string, most: number): string[] {
  const text = given.replace(/('(?:[^']|'')*'|"(?:[^"]|"")*")|--[^\n]*/g, (_, literal = "") => literal);
  if (text.trim() === "") return [];
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (const { at, character } of outsideLiterals(text, 0)) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0 && parts.length < most - 1) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

function* outsideLiterals(text: string, from: number): Generator<{ at: number; character: string }> {
  const pattern = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|[(),]/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0].length === 1) yield { at: match.index, character: match[0] };
  }
}
