export {
  type Database,
  database,
  inHalves,
  instant,
  isTooLarge,
  type Statement,
  StatementFailed,
  sql,
} from "./database.ts";
