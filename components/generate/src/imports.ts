import { parseSync } from "oxc-parser";

export type Import = {
  /** As written: `./rules.ts`, `@sidecart/platform/rpc`. */
  specifier: string;
  /** Node does not load the module. */
  onlyTypes: boolean;
};

/** The modules that a TypeScript file imports, re-exports, or imports on demand by a literal name. */
export function importsIn(file: string, text: string): Import[] {
  const { module, errors } = parseSync(file, text);
  const [error] = errors;
  if (error) throw new Error(`${file}: ${error.message}`);
  const imported = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    onlyTypes: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, onlyTypes: isType }] : [],
    ),
  );
  const onDemand = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const [, specifier] = /^"([^"$]+)"$/.exec(text.slice(start, end)) ?? [];
    return specifier === undefined ? [] : [{ specifier, onlyTypes: false }];
  });
  return [...imported, ...exported, ...onDemand];
}
