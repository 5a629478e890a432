import { bystander } from "./bystander.ts";
import type { Kubectl } from "./kubectl.ts";

/** Runs a module in the container of a service or of the bystander. Its output is a JSON value. */
export async function inside<T>({ run }: Kubectl, app: string, source: string): Promise<T> {
  const node = ["node", "--input-type=module", "--eval", source];
  const place = app === bystander ? `pod/${app}` : `deployment/${app}`;
  return JSON.parse(await run("exec", place, "--container", app, "--", ...node)) as T;
}

/** Tries to connect from a pod of `app`. Returns `connected` or the error. */
export function reach(kubectl: Kubectl, app: string, host: string, port: number): Promise<string> {
  return inside<string>(
    kubectl,
    app,
    `import { connect } from "node:net";
     const socket = connect({ host: ${JSON.stringify(host)}, port: ${port}, timeout: 3000 });
     const said = await new Promise((resolve) => socket
       .on("connect", () => resolve("connected")).on("timeout", () => resolve("timeout"))
       .on("error", (error) => resolve(error.code)));
     console.log(JSON.stringify(said)); process.exit(0);`,
  );
}
