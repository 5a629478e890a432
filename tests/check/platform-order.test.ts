import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { dirname, join } from "node:path";
import { importsIn } from "@sidecart/generate/imports";
import t from "tap";
import { root } from "./tool.ts";

/** The folders of platform/src (its README), from the bottom up. A file imports its own folder and the layers below. */
const layers = [["."], ["telemetry"], ["rpc"], ["database", "state", "media"], ["events"], ["run"]];

const folderOf = (file: string) => dirname(file).split("/")[0] ?? "";
const layerOf = (file: string) => layers.findIndex((folders) => folders.includes(folderOf(file)));

/** The imports of these files that point sideways or up, as `file imports file`. */
function wrongImports(texts: ReadonlyMap<string, string>): string[] {
  return [...texts].flatMap(([file, text]) =>
    importsIn(file, text)
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => join(dirname(file), specifier))
      .filter((path) => folderOf(path) !== folderOf(file) && layerOf(path) >= layerOf(file))
      .map((path) => `${file} imports ${path}`),
  );
}

t.test("imports between the folders of the platform point down", async (t) => {
  const texts = new Map<string, string>();
  const src = join(root, "platform/src");
  for await (const file of glob("**/*.ts", { cwd: src })) {
    if (!file.endsWith(".test.ts")) texts.set(file, readFileSync(join(src, file), "utf8"));
  }
  t.same(
    [...texts.keys()].filter((file) => layerOf(file) < 0),
    [],
    "each folder has a layer",
  );
  t.same(wrongImports(texts), []);
});

t.test("an import that points up or sideways is named, also of a type and of several lines", async (t) => {
  const texts = new Map([
    ["rpc/a.ts", 'import { on } from "../events/index.ts";\nimport { trace } from "../telemetry/index.ts";\n'],
    ["state/b.ts", 'import type {\n  Media,\n} from "../media/index.ts";\nimport { newId } from "../ids.ts";\n'],
    ["ids.ts", 'import { parse } from "./config.ts";\nimport { text } from "./rpc/index.ts";\n'],
    ["events/c.ts", 'import { one } from "./one.ts";\nconst { run } = await import("../run/index.ts");\n'],
  ]);
  t.same(wrongImports(texts), [
    "rpc/a.ts imports events/index.ts",
    "state/b.ts imports media/index.ts",
    "ids.ts imports rpc/index.ts",
    "events/c.ts imports run/index.ts",
  ]);
});
