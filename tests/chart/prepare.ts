import { schemaFolder } from "./schemas.ts";
import { builtChecker, findHelm, findKubeconform } from "./tools.ts";

type Say = (line: string) => void;

export const prepareHelm = (say: Say): Promise<string> => findHelm(say);

/** kubeconform and its schemas. */
export async function prepareKubeconform(say: Say): Promise<string> {
  await schemaFolder(say);
  return findKubeconform(say);
}

/** Our checkers in Go. */
export async function prepareChecks(say: Say): Promise<string> {
  for (const name of ["pod-security", "promql"]) await builtChecker(name, say);
  return "checks of pods and rules";
}

/** Builds or downloads everything that the chart's tests need. */
export async function prepareChart(say: Say): Promise<void> {
  for (const prepare of [prepareHelm, prepareKubeconform, prepareChecks]) say(await prepare(say));
}
