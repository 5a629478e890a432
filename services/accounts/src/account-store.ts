import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import type { OutboxRow, PendingEvent } from "@sidecart/platform/events";
import { inOrderOf } from "@sidecart/platform/ids";
import { type CallContext, type Caller, type Role, roles } from "@sidecart/platform/rpc";
import { z } from "zod";
import { type Account, account } from "./account.ts";

const statement = sqlFile(join(import.meta.dirname, "account-store.sql"));
const found = z.strictObject({ account: account.nullable() });
const register = statement("account.register", found);
const byIds = statement("account.by-ids", z.array(account));
const newest = statement("account.newest", z.array(account));
const grantRoles = statement("account.grant-roles", found.extend({ adminRoles: z.array(z.enum(roles)).nullable() }));

export type NewAccount = {
  id: string;
  email: string;
  emailKey: string;
  username: string;
  roles: Role[];
  passwordHash: string;
};

/** The account `id` gets these roles from `admin`. */
export type Grant = { id: string; roles: Role[]; admin: Pick<Caller, "accountId" | "sessionId"> };

export type AccountStore = ReturnType<typeof createAccountStore>;

export function createAccountStore(database: Database) {
  return {
    /** Undefined when the e-mail address or the id is in use. */
    async register(
      account: NewAccount,
      at: Date,
      event: OutboxRow,
      context: CallContext,
    ): Promise<Account | undefined> {
      return (await database.one(register, { ...account, at, event }, context)).account ?? undefined;
    },
    async byIds(ids: string[], context: CallContext): Promise<Account[]> {
      const found = await database.one(byIds, { ids: [...new Set(ids)] }, context);
      return inOrderOf(ids, found).filter((account) => account !== undefined);
    },
    /** Accounts older than `after`, newest first. */
    newest: (first: number, after: string | undefined, context: CallContext) =>
      database.one(newest, { first, after }, context),
    /** `adminRoles`: the roles that `admin` has; null when its session has ended. Without the role admin nothing changes. */
    grantRoles: (grant: Grant, at: Date, event: PendingEvent, context: CallContext) => {
      const { id, roles, admin } = grant;
      const { accountId, sessionId } = admin;
      return database.one(grantRoles, { id, roles, accountId, sessionId, at, event }, context);
    },
  };
}
