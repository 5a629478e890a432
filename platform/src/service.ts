/**
 * What a deployable of ours has and may do, as plain data. `npm run generate` writes all that follows from it: Dapr
 * components and their scopes, topics, access policies, and the lists of services. At run time the service is not ready
 * until its sidecar has what is declared here.
 */
export type ServiceDeclaration = {
  /** One word: Dapr app id, folder (services/<name>), proto package, process, image and, with `database`, database. */
  readonly name: string;
  /** A database of its own. Whoever publishes or hears a topic that is kept needs one: outbox, inbox and dead letters are there. */
  readonly database?: true;
  /** The shared component `state`: its own entries with a time to live. */
  readonly state?: true;
  /** The shared component `media`: small files. */
  readonly media?: true;
  /** The shared component `search`. */
  readonly search?: true;
  /** Hosts Dapr workflows or actors: its sidecar connects to placement and scheduler. */
  readonly workflows?: true;
  /** Listens for people over HTTP. */
  readonly http?: true;
  /** The gateway keeps what it reads of this service, and hears the topic on which the service tells what changed. */
  readonly cached?: true;
  /** Its gRPC services that the gateway may call: `OrdersService`. */
  readonly publicServices?: readonly string[];
  /**
   * The method with which the gateway finds out whether this service answers: one of `publicServices` that changes
   * nothing. The request is empty; a refusal for want of a token is an answer. Needed with `publicServices`.
   */
  readonly probe?: string;
  /** What it calls of other services, by name: `{ accounts: ["AccountsService/GetJwks"], catalog: ["ReservationsService/*"] }`. */
  readonly calls?: Readonly<Record<string, readonly string[]>>;
  /** What it may read from the secret store. */
  readonly secrets?: readonly string[];
};
