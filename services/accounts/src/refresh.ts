import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, parse, text } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { TokenPair } from "./log-in.ts";
import { commandId } from "./register.ts";
import { seal, unseal } from "./sealed-pair.ts";
import { accessTokenSeconds, hashToken, newRefreshToken, signAccessToken } from "./tokens.ts";

const logOutRequest = z.object({ refreshToken: text(1, 200) });
const refreshRequest = logOutRequest.extend({ commandId });

/**
 * Exchanges a refresh token for a new pair. A second use within 10 seconds, by another tab or a retry, gets the same pair.
 * A later use, or one after the new token was used, means that the token was stolen, so the whole session ends (RFC 9700,
 * section 4.14).
 */
export async function refresh(deps: Deps, input: unknown, context: CallContext): Promise<TokenPair> {
  const requested = parse(refreshRequest, input);
  const { refreshToken } = requested;
  const hash = hashToken(refreshToken);
  const session = await deps.sessions.ofToken(hash, context);
  if (!session) throw new AppError(accountErrors.invalidRefreshToken);
  const now = deps.clock.now();
  const next = newRefreshToken();
  const accessToken = await signAccessToken(deps.keys, session, session.familyId, now);
  const rotation = {
    hash,
    nextHash: hashToken(next),
    sealed: seal({ accessToken, refreshToken: next }, refreshToken),
    commandId: requested.commandId || newId(),
  };
  const { sealed, reused } = await deps.sessions.rotate(rotation, now, context);
  if (reused) deps.log.warn("a refresh token was used twice: its session has ended");
  if (sealed === null) throw new AppError(accountErrors.invalidRefreshToken);
  return { ...unseal(sealed, refreshToken), expiresInSeconds: accessTokenSeconds };
}

/** Ends the session of this token. An unknown token is no error. */
export async function logOut(deps: Deps, input: unknown, context: CallContext): Promise<void> {
  const { refreshToken } = parse(logOutRequest, input);
  await deps.sessions.endFamily(hashToken(refreshToken), deps.clock.now(), context);
}

export async function logOutAll(deps: Deps, context: CallContext): Promise<number> {
  const { accountId } = await deps.verifier.caller(context);
  return deps.sessions.endAll(accountId, deps.clock.now(), context);
}
