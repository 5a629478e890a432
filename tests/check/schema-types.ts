import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { schemaTypes, schemaTypesFile } from "../../gateway/codegen/schema-types.ts";
import { root } from "./tool.ts";

/** Whether the committed types are current. */
export async function schemaTypesProblem(): Promise<string | undefined> {
  const committed = await readFile(schemaTypesFile, "utf8").catch(() => "");
  return committed === (await schemaTypes()) ? undefined : `${relative(root, schemaTypesFile)} is stale`;
}
