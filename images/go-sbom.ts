import { runCommand } from "../local/src/process/run-command.ts";
import { reproducibleBom } from "./sbom.ts";

/** The CycloneDX SBOM of the Go modules in a program, which `go version -m` reads from the binary. */
export async function goSbom(program: string, name: string, epoch: number): Promise<string> {
  const components = modulesOf(await runCommand("go", ["version", "-m", program])).map(
    ({ path, version, patched }) => ({
      type: "library",
      "bom-ref": `pkg:golang/${path}@${version}`,
      name: path,
      version,
      purl: `pkg:golang/${path}@${version}`,
      ...(patched ? { pedigree: { notes: "compiled with the patches of dapr/patches.ts" } } : {}),
    }),
  );
  const metadata = { component: { type: "application", "bom-ref": name, name } };
  const bom = { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, metadata, components };
  return reproducibleBom(JSON.stringify(bom), epoch);
}

type Module = { path: string; version: string; patched: boolean };

/** A replaced module has the name of its replacement, except a patched copy of the module itself in a folder. */
export function modulesOf(lines: string): Module[] {
  const modules: Module[] = [];
  for (const line of lines.split("\n")) {
    const [, kind, path, version] = line.match(/^\t(dep|=>)\t(\S+)\t(\S+)/) ?? [];
    if (!path || !version) continue;
    const last = modules.at(-1);
    if (kind === "dep") modules.push({ path, version, patched: false });
    else if (last && path.startsWith("/")) last.patched = true;
    else modules.splice(-1, 1, { path, version, patched: false });
  }
  return modules;
}
