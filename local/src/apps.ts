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
export const apps: readonly App[] = [
  { id: "accounts", entry: "services/accounts/src/main.ts", database: true },
  { id: "catalog", entry: "services/catalog/src/main.ts", database: true },
  { id: "orders", entry: "services/orders/src/main.ts", database: true },
  { id: "gateway", entry: "gateway/src/main.ts", http: true },
];

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
