import type { Launched } from "@sidecart/local/launch";

/** Name resolution's words (components-contrib, nameresolution/sqlite). */
export const nobodyThere = "no host found";

/** What the sidecar of `from` answers who calls a method that app `to` does not have. */
export async function throughSidecar(system: Pick<Launched, "processes">, from: string, to: string): Promise<string> {
  const { args = [], env } = system.processes.get(`${from}-dapr`)?.spec ?? {};
  const port = args[args.indexOf("--dapr-http-port") + 1];
  const answer = await fetch(`http://127.0.0.1:${port}/v1.0/invoke/${to}/method/nothing`, {
    headers: { "dapr-api-token": env?.DAPR_API_TOKEN ?? "" },
  });
  return answer.text();
}
