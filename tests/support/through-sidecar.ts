import type { Launched } from "@sidecart/local/launch";

/** The error of the name resolution (components-contrib, nameresolution/sqlite). */
export const nobodyThere = "no host found";

/** The response of the sidecar of `from` to a call of a method that app `to` does not have. */
export async function throughSidecar(system: Pick<Launched, "processes">, from: string, to: string): Promise<string> {
  const { args = [], env } = system.processes.get(`${from}-dapr`)?.spec ?? {};
  const port = args[args.indexOf("--dapr-http-port") + 1];
  const answer = await fetch(`http://127.0.0.1:${port}/v1.0/invoke/${to}/method/nothing`, {
    headers: { "dapr-api-token": env?.DAPR_API_TOKEN ?? "" },
  });
  return answer.text();
}
