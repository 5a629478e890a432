import { type Kind, kinds, namesOf } from "@sidecart/local/backends/table";

/** One backend of one kind; the other kinds have their defaults. */
export type Choice = { kind: string; name: string };

/** The folder of a kind's suite, unless it has the name of the kind. */
export const folders: Record<string, string> = { broker: "events" };

/** Secret stores are not an option of `npm start`, because they depend on where the system runs. */
const secretStores = ["local", "environment"];

/** Every backend of every kind, or those in arguments such as `broker=redis,kafka`. */
export function choicesOf(args: string[]): Choice[] {
  const all = new Map<string, string[]>([
    ...kinds.map((kind: Kind): [string, string[]] => [kind, namesOf(kind)]),
    ["secrets", secretStores],
  ]);
  const selected = args.length === 0 ? [...all] : args.map((arg) => parseArgument(arg, all));
  return selected.flatMap(([kind, names]) => names.map((name) => ({ kind, name })));
}

function parseArgument(arg: string, all: Map<string, string[]>): [string, string[]] {
  const [kind = "", list] = arg.split("=");
  const names = all.get(kind);
  if (!names)
    throw new Error(`${arg}: unknown kind, choose one of ${[...all.keys()].join(", ")}, such as broker=redis,kafka`);
  const selected = list?.split(",") ?? names;
  const unknown = selected.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${kind}=${unknown}: unknown, choose one of ${names.join(", ")}`);
  return [kind, selected];
}

/** The command that starts the system on a backend; undefined for secret stores. */
export function startOf({ kind, name }: Choice): { command: string; env: Record<string, string> } | undefined {
  if (kind === "secrets") return undefined;
  return { command: `npm start -- --${kind} ${name}`, env: { [`SIDECART_TEST_${kind.toUpperCase()}`]: name } };
}
