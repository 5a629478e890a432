import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "@sidecart/local/instance";
import { temporaryFolder } from "@sidecart/pluggable/testing";
import type { Test } from "tap";
import { parse, stringify } from "yaml";
import { ownResources } from "./own-resources.ts";

/**
 * A folder with a shipped component, such as `state/redis`, for these apps. The shipped one is only for the services
 * that declare it.
 */
export async function scopedComponent(t: Test, place: string, scopes: readonly string[]): Promise<string> {
  const [kind = ""] = place.split("/");
  const shipped = parse(await readFile(join(checkout, "components/resources", place, `${kind}.yaml`), "utf8"));
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, `${kind}.yaml`), stringify({ ...shipped, scopes }));
  return folder;
}

/** The root of a copy of all resources, in which a component, such as `state/redis`, is for these apps. */
export async function scopedResources(t: Test, place: string, scopes: readonly string[]): Promise<string> {
  const resources = await ownResources(t);
  const [kind = ""] = place.split("/");
  await resources.replace(`${place}/${kind}.yaml`, "  - nobody", scopes.map((app) => `  - ${app}`).join("\n"));
  return resources.root;
}
