import { readText } from "@sidecart/generate/checkout";
import { differences } from "@sidecart/generate/files";
import t from "tap";
import { contractFiles } from "./generated.ts";

const files = await contractFiles();

t.test("every missing line and every missing file of the contracts' code is reported", async (t) => {
  t.same(differences(files, readText), []);
  for (const file of files.wanted.keys()) {
    const said = (text: string | undefined) => differences(files, (one) => (one === file ? text : readText(one)));
    t.same(said(undefined), [`${file} is missing`]);
    const lines = readText(file)?.split("\n") ?? [];
    const missed = lines.map((_, place) => said(lines.toSpliced(place, 1).join("\n")).join("\n"));
    t.ok(missed.length > 10, file);
    t.same(
      missed.filter((one) => !one.startsWith(`${file} is stale, from line`)),
      [],
    );
  }
});
