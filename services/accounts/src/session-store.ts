import { join } from "node:path";
import { type Database, sqlFile } from "@sidecart/platform/database";
import { type CallContext, roles } from "@sidecart/platform/rpc";
import { z } from "zod";

const credentials = z.strictObject({
  id: z.string(),
  roles: z.array(z.enum(roles)),
  email: z.string(),
  username: z.string(),
  passwordHash: z.string(),
});
const attempted = z.strictObject({
  account: credentials.nullable(),
  allowed: z.boolean(),
  known: z.boolean(),
  blockedUntil: z.string().nullable(),
});
const session = z.strictObject({ familyId: z.string(), id: z.string(), roles: z.array(z.enum(roles)) });
const ended = z.strictObject({ ended: z.number() });

const statement = sqlFile(join(import.meta.dirname, "session-store.sql"));
const attempt = sqlFile(join(import.meta.dirname, "log-in-attempts.sql"))("session.attempt", attempted);
const open = statement("session.open", z.strictObject({ opened: z.number() }));
const ofToken = statement("session.of-token", z.strictObject({ session: session.nullable() }));
const rotate = statement("session.rotate", z.strictObject({ sealed: z.string().nullable(), reused: z.boolean() }));
const presentRoles = statement("session.present-roles", z.strictObject({ roles: z.array(z.enum(roles)).nullable() }));
const endFamily = statement("session.end-family", ended);
const endAll = statement("session.end-all", ended);
const changePassword = statement("session.change-password", z.strictObject({ changed: z.boolean() }));
const forget = statement("session.forget", z.strictObject({ forgotten: z.number() }));

export type Credentials = z.infer<typeof credentials>;
export type NewSession = {
  familyId: string;
  accountId: string;
  /** The hash that the password was verified against. */
  passwordHash: string;
  hash: string;
  /** Where the person is; empty when nobody knows. */
  address: string;
  at: Date;
  expiresAt: Date;
};
export type PasswordChange = { accountId: string; oldHash: string; newHash: string; address: string };
/** `sealed` is the new pair, encrypted, in hex. */
export type Rotation = { hash: string; nextHash: string; sealed: string; commandId: string };
/**
 * `known`: somebody has logged in to the account from this address before. `blockedUntil` is null when the block started
 * while this statement ran.
 */
export type Attempt = z.infer<typeof attempted>;

export type SessionStore = ReturnType<typeof createSessionStore>;

export function createSessionStore(database: Database) {
  return {
    /** Counts a log-in attempt by e-mail address, whether or not the account exists, and by the address that it is from. */
    attempt: (emailKey: string, address: string, at: Date, context: CallContext) =>
      database.one(attempt, { emailKey, address, at }, context),
    /** The same for the e-mail address of an account. */
    attemptOn: (accountId: string, address: string, at: Date, context: CallContext) =>
      database.one(attempt, { accountId, address, at }, context),
    /** False when the password has changed since it was verified. */
    async open(session: NewSession, context: CallContext): Promise<boolean> {
      return (await database.one(open, session, context)).opened === 1;
    },
    /** The session of a token, which may have been used or have ended. */
    ofToken: async (hash: string, context: CallContext) =>
      (await database.one(ofToken, { hash }, context)).session ?? undefined,
    /** Returns the sealed pair of the first use of the token; null when the token is not valid. */
    rotate: (rotation: Rotation, at: Date, context: CallContext) => database.one(rotate, { ...rotation, at }, context),
    /** The roles that the account has now. Undefined when the session has ended. */
    presentRoles: async (accountId: string, sessionId: string, at: Date, context: CallContext) =>
      (await database.one(presentRoles, { accountId, sessionId, at }, context)).roles ?? undefined,
    async endFamily(hash: string, at: Date, context: CallContext): Promise<void> {
      await database.one(endFamily, { hash, at }, context);
    },
    /** Ends every session of the account. Returns how many. */
    async endAll(accountId: string, at: Date, context: CallContext): Promise<number> {
      return (await database.one(endAll, { accountId, at }, context)).ended;
    },
    /**
     * Replaces the password and ends every session. Of the known addresses only `address` stays. False when `oldHash` is not the
     * stored one any more.
     */
    async changePassword(change: PasswordChange, at: Date, context: CallContext): Promise<boolean> {
      return (await database.one(changePassword, { ...change, at }, context)).changed;
    },
    /** Deletes one batch of old rows and returns their number. Repeat it until it returns 0. */
    async forget(at: Date, context: CallContext): Promise<number> {
      return (await database.one(forget, { at }, context)).forgotten;
    },
  };
}
