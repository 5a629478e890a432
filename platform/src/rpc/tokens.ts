import { AccountsService } from "@sidecart/proto/accounts/v1/accounts";
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { background, type CallContext } from "./call.ts";
import { AppError, commonErrors } from "./errors.ts";
import type { Sidecar } from "./sidecar.ts";

export const tokenIssuer = "sidecart";
export const tokenAudience = "sidecart";
/** RFC 9068: marks a JWT as an access token. */
export const accessTokenType = "at+jwt";
export const roles = ["customer", "admin", "partner", "deliverer"] as const;
export type Role = (typeof roles)[number];

/** The caller, as proved by the token. */
export type Caller = { accountId: string; roles: readonly Role[]; sessionId: string };

const claims = z.object({ sub: z.uuid(), sid: z.uuid(), roles: z.array(z.enum(roles)) });

type Bearer = Pick<CallContext, "authorization">;

export type Verifier = {
  /** The caller, or UNAUTHENTICATED. Each service verifies the token itself and does not rely on the gateway. */
  caller(context: Bearer): Promise<Caller>;
  /** The caller, who must have one of these roles, or PERMISSION_DENIED. */
  require(context: Bearer, ...anyOf: Role[]): Promise<Caller>;
  /**
   * The caller with the roles of the token that the account still has; UNAUTHENTICATED when the session has ended. It
   * asks accounts, so it is for what only some roles may do (ADR 28).
   */
  present(context: CallContext): Promise<Caller>;
  /** `require` with the roles that the account still has. */
  requirePresent(context: CallContext, ...anyOf: Role[]): Promise<Caller>;
};

/** The roles that the caller's account has now. Throws UNAUTHENTICATED when the session has ended. */
type PresentRoles = (caller: Caller, context: CallContext) => Promise<readonly Role[]>;

/**
 * Cache of tokens with a valid signature: verifying one costs about as much as the rest of a small call. A revoked key
 * is therefore accepted this much longer.
 */
const rememberedMs = 30_000;
const remembered = 10_000;

/** Verifies access tokens with the accounts service's public keys, which are fetched through the sidecar and cached. */
export function createVerifier(sidecar: Sidecar): Verifier {
  const accounts = sidecar.service(AccountsService, "accounts");
  return verifierFrom(
    async () => (await accounts.getJwks({}, background(5_000))).jwksJson,
    async (_caller, context) => z.array(z.enum(roles)).parse((await accounts.getPresentRoles({}, context)).roles),
  );
}

const noPresentRoles: PresentRoles = async () => {
  throw new Error("this process has no source of present roles");
};

/** The same with any source of a JWKS. An unknown key id is looked up again, at most every 5 seconds. */
export function verifierFrom(jwksJson: () => Promise<string>, presentRoles = noPresentRoles): Verifier {
  const keys = createRemoteJWKSet(new URL("dapr://accounts/jwks"), {
    cooldownDuration: 5_000,
    cacheMaxAge: 10 * 60_000,
    [customFetch]: async () => new Response(await jwksJson(), { headers: { "content-type": "application/json" } }),
  });
  const good = new LRUCache<string, { caller: Caller; expiresAt: number }>({ max: remembered, ttl: rememberedMs });
  async function caller({ authorization = "" }: Bearer): Promise<Caller> {
    const known = good.get(authorization);
    if (known && Date.now() < known.expiresAt) return known.caller;
    const payload = await verified(authorization);
    const found = toCaller(payload);
    good.set(authorization, { caller: found, expiresAt: (payload.exp ?? 0) * 1000 });
    return found;
  }
  async function verified(authorization: string): Promise<JWTPayload> {
    // RFC 9110: the scheme is case-insensitive, and any number of spaces may follow it.
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new AppError(commonErrors.unauthenticated);
    const { payload } = await jwtVerify(token, keys, {
      issuer: tokenIssuer,
      audience: tokenAudience,
      algorithms: ["ES256"],
      typ: accessTokenType,
      requiredClaims: ["exp", "iat", "sub"],
    }).catch(refuse);
    return payload;
  }
  async function present(context: CallContext): Promise<Caller> {
    const known = await caller(context);
    const now = await presentRoles(known, context);
    return { ...known, roles: known.roles.filter((role) => now.includes(role)) };
  }
  return {
    caller,
    require: async (context, ...anyOf) => withOneOf(await caller(context), anyOf),
    present,
    async requirePresent(context, ...anyOf) {
      withOneOf(await caller(context), anyOf);
      return withOneOf(await present(context), anyOf);
    },
  };
}

function withOneOf(caller: Caller, anyOf: readonly Role[]): Caller {
  if (!anyOf.some((role) => caller.roles.includes(role))) throw new AppError(commonErrors.forbidden);
  return caller;
}

function toCaller(payload: JWTPayload): Caller {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new AppError(commonErrors.unauthenticated, { cause: parsed.error });
  return { accountId: parsed.data.sub, sessionId: parsed.data.sid, roles: parsed.data.roles };
}

/** Errors that no token can cause: the fetched keys are invalid or did not arrive. */
const badKeys: string[] = [errors.JOSEError, errors.JWKSTimeout, errors.JWKSInvalid, errors.JWKInvalid].map(
  ({ code }) => code,
);

/** An invalid token is the caller's fault; keys that cannot be fetched or read are ours. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new AppError(commonErrors.tokenExpired, { cause: error });
  if (error instanceof errors.JOSEError && !badKeys.includes(error.code)) {
    throw new AppError(commonErrors.unauthenticated, { cause: error });
  }
  throw error;
}
