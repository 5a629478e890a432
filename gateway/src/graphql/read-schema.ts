import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a GraphQL schema file. */
export const readSchema = (folder: string, file = "schema.graphql"): string => readFileSync(join(folder, file), "utf8");

/** The base that every domain's schema extends. */
export const baseSchema = readSchema(import.meta.dirname);
