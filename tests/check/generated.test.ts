import { rename } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "@sidecart/generate/checkout";
import { differences, filesOf } from "@sidecart/generate/files";
import { readProject } from "@sidecart/generate/project";
import t from "tap";
import { copyOfCheckout } from "../support/checkout-copy.ts";
import type * as Generated from "./generated.ts";
import { contractFiles } from "./generated.ts";

const files = await contractFiles();

t.test("each deleted line or file of the contracts' generated code is reported", async (t) => {
  t.same(differences(files, readText), []);
  for (const file of files.wanted.keys()) {
    const said = (text: string | undefined) => differences(files, (one) => (one === file ? text : readText(one)));
    t.same(said(undefined), [`${file} is missing`]);
    const lines = readText(file)?.split("\n") ?? [];
    const missed = lines.map((_, place) => said(lines.toSpliced(place, 1).join("\n")).join("\n"));
    t.not(missed.length, 0, file);
    t.same(
      missed.filter((one) => !one.startsWith(`${file} is stale, from line`)),
      [],
    );
  }
});

t.test("each deleted file that has generated lines is reported", async (t) => {
  const copy = await copyOfCheckout(t);
  const { declarationProblems } = (await import(join(copy, "tests/check/generated.ts"))) as typeof Generated;
  t.equal(await declarationProblems(), undefined);
  for (const file of (await filesOf(await readProject())).wanted.keys()) {
    await rename(join(copy, file), join(copy, "deleted"));
    t.equal(await declarationProblems(), `${file} is missing`);
    await rename(join(copy, "deleted"), join(copy, file));
  }
});
