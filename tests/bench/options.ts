import { parseArgs } from "node:util";
import type { CaseName } from "./adapter.ts";
import { caseNames, coldStart } from "./case-names.mjs";
import { isCase } from "./cases.ts";

export type Options = {
  only: CaseName[];
  connections?: number[];
  rounds: number;
  seconds: number;
  products: number;
  orders: number;
  alone: boolean;
  evidence: boolean;
  profile: boolean;
  /** Measures the time from the start of processes to a successful response. */
  coldStart: boolean;
  help: boolean;
  versus?: { url: string; adapter: string };
};

/** Throws an error with the reason for invalid arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: [...caseNames, coldStart].join(",") },
      connections: { type: "string" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "10" },
      products: { type: "string", default: "1000" },
      orders: { type: "string", default: "50000" },
      alone: { type: "boolean", default: false },
      vs: { type: "string" },
      adapter: { type: "string" },
      evidence: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { vs: url, adapter, alone, evidence, profile, help } = values;
  const only = values.only.split(",");
  if ((url === undefined) !== (adapter === undefined)) throw new Error("--vs and --adapter must be set together");
  return {
    only: only.filter((name) => name !== coldStart).map(caseNamed),
    coldStart: only.includes(coldStart),
    ...(values.connections && { connections: wholes("connections", values.connections) }),
    rounds: whole("rounds", values.rounds),
    seconds: whole("seconds", values.seconds),
    products: whole("products", values.products),
    orders: whole("orders", values.orders),
    alone,
    evidence,
    profile,
    help,
    ...(url && adapter && { versus: { url, adapter } }),
  };
}

function caseNamed(name: string): CaseName {
  if (!isCase(name)) throw new Error(`unknown case ${name}, choose one of ${caseNames.join(", ")}`);
  return name;
}

const wholes = (name: string, text: string) => text.split(",").map((one) => whole(name, one));

function whole(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} ${text}: must be a whole number`);
  return Number(text);
}
