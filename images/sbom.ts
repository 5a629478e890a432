import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../local/src/process/run-command.ts";
import { manifestOf } from "./workspaces.ts";

/**
 * CycloneDX of what npm installed in `folder`, which holds nothing but these workspaces. Without serial number and clock, so
 * that equal content is equal text.
 */
export async function npmSbom(folder: string, workspaces: string[], epoch: number): Promise<string> {
  // npm refuses to describe a tree that lacks something its manifests ask for: tools for developers, other workspaces.
  const { name, version } = await manifestOf(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, version, private: true, workspaces }));
  for (const workspace of workspaces) {
    const { devDependencies: _, ...manifest } = await manifestOf(join(folder, workspace));
    await writeFile(join(folder, workspace, "package.json"), JSON.stringify(manifest));
  }
  const options = ["--sbom-format=cyclonedx", "--sbom-type=application", "--omit=dev"];
  return settled(await runCommand("npm", ["sbom", ...options], { cwd: folder }), epoch);
}

export function settled(text: string, epoch: number): string {
  const { serialNumber: _, ...bom } = JSON.parse(text);
  const timestamp = new Date(epoch * 1000).toISOString();
  return `${JSON.stringify({ ...bom, metadata: { ...bom.metadata, timestamp } }, null, 2)}\n`;
}
