export { type Database, database, inHalves, isTooLarge, StatementFailed } from "./database.ts";
export {
  LeaseBatches,
  type LeaseQueueOptions,
  type Settlement,
  startLeaseQueue,
  type Worked,
} from "./lease-queue.ts";
export { sqlFile } from "./sql-file.ts";
export { rowsOf, type Statement, sql } from "./statement.ts";
