import { DeadLetterAdminService } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import type { PlatformConfig } from "../config.ts";
import { type Database, database } from "../database/database.ts";
import type { CacheInvalidation } from "../events/cache-invalidation.ts";
import { deadLetterAdmin } from "../events/dead-letter-admin.ts";
import { createDeadLetters } from "../events/dead-letters.ts";
import { createDispatcher } from "../events/dispatcher.ts";
import { pruneInbox } from "../events/inbox.ts";
import { type OutboxRelay, startOutboxRelay } from "../events/outbox.ts";
import type { Subscription } from "../events/subscriptions.ts";
import { armFault } from "../fault.ts";
import { implement } from "../rpc/app-server.ts";
import type { Sidecar } from "../rpc/sidecar.ts";
import type { Verifier } from "../rpc/tokens.ts";
import type { ServiceDeclaration } from "../service.ts";
import type { Logger } from "../telemetry/log.ts";
import { startBacklog } from "./backlog.ts";
import { databaseName, pubsubName } from "./components.ts";
import { startSweep } from "./sweep.ts";

const pruneMs = 60 * 60_000;

/** What the platform passes to a service with a database, in addition to the rest. */
export type WithDatabase = {
  database: Database;
};

type Options = { service: ServiceDeclaration; config: PlatformConfig; sidecar: Sidecar; log: Logger };
type Wired = { subscriptions: Subscription[]; cacheInvalidation?: CacheInvalidation | undefined; verifier: Verifier };

/**
 * What a service with a database also has: the outbox and its relay, the inbox, dead letters and their administration.
 */
export function createDatabaseSide({ service, config, sidecar, log }: Options) {
  let relay: OutboxRelay | undefined;
  const own = database(sidecar, databaseName(service), {
    kick: () => relay?.kick(),
    publish: (rows) => relay?.publish(rows),
  });
  const deadLetters = createDeadLetters(own);
  const given: WithDatabase = { database: own };
  return {
    given,
    /** Handles delivered events, and operators' calls about dead letters. */
    serve({ subscriptions, verifier }: Wired) {
      const dispatcher = createDispatcher(subscriptions, deadLetters, log);
      const admin = implement(
        DeadLetterAdminService,
        deadLetterAdmin({ verifier, database: own, deadLetters, dispatcher }),
      );
      return { dispatcher, admin };
    },
    /** Publishes events, prunes the inbox, measures the backlog. */
    begin({ cacheInvalidation }: Wired) {
      const reached = armFault(config.SIDECART_FAULT);
      const from = { database: own, sidecar, log, appId: service.name, pubsub: pubsubName };
      const started = startOutboxRelay({ ...from, cacheInvalidation, reached });
      relay = started;
      const sweeps = [startSweep("inbox", pruneMs, log, (context) => pruneInbox(own, context)), startBacklog(own, log)];
      return {
        stopSweeps: () => Promise.all(sweeps.map((one) => one.stop())),
        /** Stop it last, so that everything that the service has written is published. */
        stopRelay: () => started.stop(),
      };
    },
  };
}

export type DatabaseSide = ReturnType<typeof createDatabaseSide>;
