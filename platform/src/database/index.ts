export { type Database, database, inHalves, isTooLarge, StatementFailed } from "./database.ts";
export {
  LeaseBatches,
  type LeaseQueueOptions,
  type Settlement,
  startLeaseQueue,
  type Worked,
} from "./lease-queue.ts";
export { repeatWhileFull } from "./repeat-while-full.ts";
export { readStatements, sqlFile } from "./sql-file.ts";
export { type Statement, sql } from "./statement.ts";
