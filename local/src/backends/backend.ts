import type { Run } from "../run.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** What a backend may build on: it is started at the same time, so wait for it. */
interface Shared {
  /** The URL of a PostgreSQL user who may create databases and roles. */
  postgres: Promise<string>;
}

/** One choice of what stands behind the sidecars. Its Dapr resources are `components/resources/<kind>/<name>`. */
export interface Backend {
  /**
   * Starts the real server on a free loopback port with a random password of the instance, or checks the one that its
   * URL variable names. Resolves, once that server answers with its log-in, to the secrets that the resources name;
   * refuses with a StartError that says in one line what to do.
   */
  start(run: Run, shared: Shared): Promise<Secrets>;
}
