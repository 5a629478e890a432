import type { Run } from "../run.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** Servers that a backend may use. They start concurrently, so wait for them. */
interface Shared {
  /** The URL of a PostgreSQL user with the right to create databases and roles. */
  postgres: Promise<string>;
}

/** One choice of a server behind the sidecars. Its Dapr resources are in `components/resources/<kind>/<name>`. */
export interface Backend {
  /**
   * Starts the server on a free loopback port with the instance's random password, or checks the external server in its
   * environment variable. When the server accepts the log-in, resolves to the secrets that the resources name. Throws a
   * StartError that says in one line what to do.
   */
  start(run: Run, shared: Shared): Promise<Secrets>;
}
