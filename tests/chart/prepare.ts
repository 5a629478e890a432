import { schemaFolder } from "./schemas.ts";
import { builtChecker, findHelm, findKubeconform } from "./tools.ts";

/** Makes or fetches what the tests of the chart run on. */
export async function prepareChart(say: (line: string) => void): Promise<void> {
  say(await findHelm(say));
  say(await findKubeconform(say));
  for (const name of ["pod-security", "promql"]) await builtChecker(name, say);
  await schemaFolder(say);
  say("schemas of Kubernetes");
}
