import { glob, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as typescriptResolvers from "@graphql-codegen/typescript-resolvers";
import { buildSchema, parse } from "graphql";
import { typeDefs } from "../src/domains/domains.ts";

const domainsFolder = join(import.meta.dirname, "../src/domains");
export const schemaTypesFile = join(domainsFolder, "schema-types.ts");

const header = `// Generated from the schema of all domains by \`npm run generate\`: never edit it by hand.
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// biome-ignore-all format: generated
`;

const scalars = {
  ID: "string",
  MinorUnits: { input: "number", output: "bigint | number" },
  DateTime: "string",
  TextMap: { input: "Record<string, string>", output: "Record<string, string>" },
};

/**
 * TypeScript types of the schema's arguments and resolvers. A domain defines the type that its resolvers return for
 * \`Order\` by exporting \`ApiOrder\` from its \`model.ts\`.
 */
export async function schemaTypes(): Promise<string> {
  const config = {
    scalars,
    strictScalars: true,
    enumsAsTypes: true,
    useTypeImports: true,
    emitLegacyCommonJSImports: false,
    importExtension: ".ts",
    skipTypename: true,
    avoidOptionals: { defaultValue: true },
    maybeValue: "T | null | undefined",
    contextType: "../graphql/context.ts#GraphqlContext",
    mappers: await mappers(),
  };
  const generated = await codegen({
    filename: schemaTypesFile,
    schema: parse(typeDefs),
    schemaAst: buildSchema(typeDefs),
    documents: [],
    config,
    plugins: [{ typescript: {} }, { typescriptResolvers: {} }],
    pluginMap: { typescript, typescriptResolvers },
  });
  return `${header}${generated}`;
}

async function mappers(): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for await (const file of glob("*/model.ts", { cwd: domainsFolder })) {
    const text = await readFile(join(domainsFolder, file), "utf8");
    for (const [, type = ""] of text.matchAll(/^export type Api(\w+)/gm)) {
      found.push([type, `./${basename(dirname(file))}/model.ts#Api${type}`]);
    }
  }
  return Object.fromEntries(found.sort(([one], [other]) => one.localeCompare(other)));
}
