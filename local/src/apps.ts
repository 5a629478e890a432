import { folderOf, services } from "../../services/index.ts";

/** One of our services, started as `node <entry>` beside its sidecar. */
export interface App {
  /** Dapr app id, process name and, with `database`, the name of its database. */
  id: string;
  /** Path in the checkout. */
  entry: string;
  /** Owns a database, which is created and migrated before the app starts. Its address is the secret `<id>-db`. */
  database?: boolean;
  /** Serves HTTP on the port of `--port`; `/readyz` says whether it is ready. */
  http?: boolean;
  /** Has actors or workflows, so its sidecar connects to placement and scheduler. */
  actors?: boolean;
}

/** The apps that `npm start` runs. */
export const apps: readonly App[] = services.map(({ name, database = false, http = false, workflows = false }) => ({
  id: name,
  entry: `${folderOf(name)}/src/main.ts`,
  database,
  http,
  actors: workflows,
}));

/** One process of an app. */
export interface Replica {
  app: App;
  /** The name of the process: the app's id for the first replica, `<id>-2` and so on for the others. */
  name: string;
}

export function replicasOf(app: App, count = 1): Replica[] {
  return Array.from({ length: count }, (_, place) => ({ app, name: place === 0 ? app.id : `${app.id}-${place + 1}` }));
}

/** The name of a replica's sidecar among the processes. */
export function sidecarOf(replica: string): string {
  return `${replica}-dapr`;
}
