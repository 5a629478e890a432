import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type ErrorKind } from "@sidecart/platform/rpc";
import t from "tap";
import { root } from "./tool.ts";

/** A refusal among many has no status of its own: the gateway gives it one. */
type Declared = Omit<ErrorKind, "status"> & Partial<Pick<ErrorKind, "status">>;
const isDeclared = (value: unknown): value is Declared =>
  typeof value === "object" && value !== null && "code" in value && "text" in value;

async function declared(): Promise<Declared[]> {
  const kinds: Declared[] = [];
  for await (const file of glob("{platform/src/rpc,gateway/src,services/*/src}/errors.ts", { cwd: root })) {
    const tables = Object.values((await import(join(root, file))) as Record<string, unknown>);
    kinds.push(...tables.flatMap((table) => Object.values(table ?? {})).filter(isDeclared));
  }
  return kinds;
}

const text = await readFile(join(root, "docs/api.md"), "utf8");
const documented = new Map(
  [...text.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [code, status]),
);
const kinds = await declared();

t.test("the API's documentation has every error code with its status", async (t) => {
  t.ok(kinds.length > 20, `${kinds.length} codes are declared`);
  for (const { code, status, text } of kinds) {
    t.ok(documented.has(code), code);
    if (status) t.equal(documented.get(code), String(new AppError({ code, status, text }).httpStatus), code);
  }
});

t.test("and no code that nothing declares", async (t) => {
  const codes = new Set(kinds.map(({ code }) => code));
  t.same(
    [...documented.keys()].filter((code) => !codes.has(String(code))),
    [],
  );
});
