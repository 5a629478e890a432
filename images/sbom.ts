import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../local/src/process/run-command.ts";
import { manifestOf } from "./workspaces.ts";

/**
 * The CycloneDX SBOM of the installed packages in `folder`, which contains only these workspaces. It has neither a serial
 * number nor the current time, so that the same content yields the same text.
 */
export async function npmSbom(folder: string, workspaces: string[], epoch: number): Promise<string> {
  // `npm sbom` fails when a manifest lists a dependency or workspace that is not installed, so remove these.
  const { name, version } = await manifestOf(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, version, private: true, workspaces }));
  for (const workspace of workspaces) {
    const { devDependencies: _, ...manifest } = await manifestOf(join(folder, workspace));
    await writeFile(join(folder, workspace, "package.json"), JSON.stringify(manifest));
  }
  const options = ["--sbom-format=cyclonedx", "--sbom-type=application", "--omit=dev"];
  return reproducibleBom(await runCommand("npm", ["sbom", ...options], { cwd: folder }), epoch);
}

export function reproducibleBom(text: string, epoch: number): string {
  const { serialNumber: _, ...bom } = JSON.parse(text);
  const timestamp = new Date(epoch * 1000).toISOString();
  return `${JSON.stringify({ ...bom, metadata: { ...bom.metadata, timestamp } }, null, 2)}\n`;
}
