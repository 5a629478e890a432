import t from "tap";
import { importsIn } from "../src/imports.ts";

const found = (text: string) => importsIn("a.ts", text);

t.test("imports, re-exports and imports on demand are found, however they are written", async (t) => {
  const text = `
    import one, { type Two } from "./one.ts";
    import * as all from './all.ts';
    import "./effect.ts";
    export * from "./star.ts";
    export { three,
      four } from "./more.ts";
    const five = await import("./five.ts");
    const six = import(\`./\${name}.ts\`);`;
  t.same(
    found(text).map(({ specifier }) => specifier),
    ["./one.ts", "./all.ts", "./effect.ts", "./star.ts", "./more.ts", "./more.ts", "./five.ts"],
  );
  t.ok(found(text).every(({ onlyTypes }) => !onlyTypes));
});

t.test("imports of types are marked, because Node does not load them", async (t) => {
  const text = 'import type { A } from "./a.ts";\nexport type { B } from "./b.ts";\n';
  t.same(found(text), [
    { specifier: "./a.ts", onlyTypes: true },
    { specifier: "./b.ts", onlyTypes: true },
  ]);
});

t.test("comments and texts that look like imports are none", async (t) => {
  t.same(found('// import "./a.ts";\nconst b = `\nimport c from "./c.ts";\n`;\n/* export * from "./d.ts"; */\n'), []);
});

t.test("a file that does not parse is named", async (t) => {
  t.throws(() => found("import {"), /^a\.ts: /);
});
