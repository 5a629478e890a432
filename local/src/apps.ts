import { folderOf, services } from "../../services/index.ts";

/** One deployable of ours, started as `node <entry>` with a sidecar beside it. */
export interface App {
  /** Dapr app id, process name and, with `database`, the name of its database. */
  id: string;
  /** Path in the checkout. */
  entry: string;
  /** Owns a database: created, migrated before it starts, and named to it by the secret `<id>-db`. */
  database?: boolean;
  /** Listens for people on the port of `--port`; ready when its `/readyz` says so. */
  http?: boolean;
  /** Hosts actors or workflows, so that its sidecar connects to placement and scheduler. */
  actors?: boolean;
}

/** Everything `npm start` runs. */
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
  /** The process: the app's id, and `<id>-2` and so on for further ones. */
  name: string;
}

export function replicasOf(app: App, count = 1): Replica[] {
  return Array.from({ length: count }, (_, place) => ({ app, name: place === 0 ? app.id : `${app.id}-${place + 1}` }));
}

/** The name of a replica's sidecar among the processes. */
export function sidecarOf(replica: string): string {
  return `${replica}-dapr`;
}
