import { type Kind, kinds, namesOf } from "@sidecart/local/backends/choices";

/** One choice of one kind, with the defaults for the rest. */
export type Choice = { kind: string; name: string };

/** The file of a kind's suite. */
export const folders: Record<string, string> = { broker: "events" };

/** `npm start` has no choice of secret stores: the place where the system runs decides. */
const secretStores = ["local", "environment"];

/** Every choice of every kind, or those in arguments such as `broker=redis,kafka`. */
export function choicesOf(args: string[]): Choice[] {
  const all = new Map<string, string[]>([
    ...kinds.map((kind: Kind): [string, string[]] => [kind, namesOf(kind)]),
    ["secrets", secretStores],
  ]);
  const asked = args.length === 0 ? [...all] : args.map((arg) => asks(arg, all));
  return asked.flatMap(([kind, names]) => names.map((name) => ({ kind, name })));
}

function asks(arg: string, all: Map<string, string[]>): [string, string[]] {
  const [kind = "", list] = arg.split("=");
  const names = all.get(kind);
  if (!names) throw new Error(`${arg}: the kinds are ${[...all.keys()].join(", ")}, such as broker=redis,kafka`);
  const asked = list?.split(",") ?? names;
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${kind}=${unknown}: there are ${names.join(", ")}`);
  return [kind, asked];
}

/** The arguments that start the system on a choice; none for secret stores. */
export function startOf({ kind, name }: Choice): { command: string; env: Record<string, string> } | undefined {
  if (kind === "secrets") return undefined;
  return { command: `npm start -- --${kind} ${name}`, env: { [`SIDECART_TEST_${kind.toUpperCase()}`]: name } };
}
