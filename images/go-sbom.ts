import { runCommand } from "../local/src/process/run-command.ts";
import { settled } from "./sbom.ts";

/** CycloneDX of the modules that a Go program was linked from, as `go version -m` finds them in it. */
export async function goSbom(program: string, name: string, epoch: number): Promise<string> {
  const components = modulesOf(await runCommand("go", ["version", "-m", program])).map(({ path, version, mended }) => ({
    type: "library",
    "bom-ref": `pkg:golang/${path}@${version}`,
    name: path,
    version,
    purl: `pkg:golang/${path}@${version}`,
    ...(mended ? { pedigree: { notes: "compiled with the mends of local/src/parts/dapr-patches.ts" } } : {}),
  }));
  const metadata = { component: { type: "application", "bom-ref": name, name } };
  const bom = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata, components };
  return settled(JSON.stringify(bom), epoch);
}

type Module = { path: string; version: string; mended: boolean };

/** A module that another replaces is named by that one, unless it is a patched copy of itself in a folder. */
export function modulesOf(lines: string): Module[] {
  const modules: Module[] = [];
  for (const line of lines.split("\n")) {
    const [, kind, path, version] = line.match(/^\t(dep|=>)\t(\S+)\t(\S+)/) ?? [];
    if (!path || !version) continue;
    const last = modules.at(-1);
    if (kind === "dep") modules.push({ path, version, mended: false });
    else if (last && path.startsWith("/")) last.mended = true;
    else modules.splice(-1, 1, { path, version, mended: false });
  }
  return modules;
}
