/**
 * What a service has and may do, as plain data. `npm run generate` derives the rest from it: Dapr components and their
 * scopes, topics, access policies, and the lists of services. At run time the service is not ready until its sidecar
 * has loaded what is declared here.
 */
export type ServiceDeclaration = {
  /**
   * One word. Names the Dapr app id, folder (services/<name>), proto package, process, image and, with `database`, the
   * database.
   */
  readonly name: string;
  /**
   * A database of its own, with outbox, inbox and dead letters. A service that publishes events, or subscribes to
   * topics other than broadcasts, needs one.
   */
  readonly database?: true;
  /** The shared component `state`: entries of this service with a time to live. */
  readonly state?: true;
  /** The shared component `media`: small files. */
  readonly media?: true;
  /** The shared component `search`. */
  readonly search?: true;
  /** Hosts Dapr workflows or actors: its sidecar connects to the placement and scheduler services. */
  readonly workflows?: true;
  /** Serves HTTP to users. */
  readonly http?: true;
  /** The gateway caches responses of this service and receives its cache invalidation broadcasts. */
  readonly cached?: true;
  /** The gRPC services that the gateway may call: `OrdersService`. */
  readonly publicServices?: readonly string[];
  /**
   * The method with which the gateway checks that this service responds: one of `publicServices`, without side effects.
   * The request is empty, so its fields must be optional or repeated; a refusal counts as a response. Required with
   * `publicServices`.
   */
  readonly probe?: string;
  /**
   * Methods of other services that it calls: `{ accounts: ["AccountsService/GetJwks"], catalog:
   * ["ReservationsService/*"] }`.
   */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** The secrets that it may read from the secret store. */
  readonly secrets?: readonly string[];
};
