import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import { AppError, parse, text } from "@sidecart/platform/rpc";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { accountErrors } from "./errors.ts";
import type { TokenPair } from "./log-in.ts";
import { commandId } from "./register.ts";
import { accessTokenSeconds, hashToken, newRefreshToken, signAccessToken } from "./tokens.ts";

const logOutRequest = z.object({ refreshToken: text(1, 200) });
const refreshRequest = logOutRequest.extend({ commandId });

/**
 * Exchanges a refresh token for a new pair. A token is valid for one command. Another command with it means that it was
 * stolen, so the whole session ends (RFC 9700, section 4.14). A retry of the same command gets a pair of its own.
 */
export async function refresh(deps: Deps, input: unknown, context: CallContext): Promise<TokenPair> {
  const requested = parse(refreshRequest, input);
  const command = requested.commandId || newId();
  const next = newRefreshToken();
  const now = deps.clock.now();
  const [hash, nextHash] = [hashToken(requested.refreshToken), hashToken(next)];
  const { session, reused } = await deps.sessions.rotate(hash, nextHash, command, now, context);
  if (reused) deps.log.warn("a refresh token was used twice: its session has ended");
  if (!session) throw new AppError(accountErrors.invalidRefreshToken);
  const accessToken = await signAccessToken(deps.keys, session, session.familyId, now);
  return { accessToken, refreshToken: next, expiresInSeconds: accessTokenSeconds };
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
