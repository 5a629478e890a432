import { writeFile } from "node:fs/promises";
import { schemaTypes, schemaTypesFile } from "./schema-types.ts";

await writeFile(schemaTypesFile, await schemaTypes());
