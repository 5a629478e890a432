import type { Verifier } from "@sidecart/platform/rpc";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { authorizationOf } from "./authorization.ts";

const maxTokens = 5_000;
/** A token has about 700 characters. */
const maxLength = 2_000;
/** An expired token counts on its account for at most this time. */
const verifiedForMs = 3 * 60_000;

type Headers = Pick<FastifyRequest, "headers">;

export type KnownAccounts = {
  /** The account of a request's token, if the token was verified in the last minutes. */
  of(request: Headers): string | undefined;
  /** Starts to verify the token of a request, unless its account is known. */
  learn(request: Headers): void;
};

/** Remembers the accounts of valid tokens, so that a request is counted on its account without verifying its token. */
export function createKnownAccounts(verifier: Pick<Verifier, "caller">): KnownAccounts {
  const accounts = new LRUCache<string, string>({ max: maxTokens, ttl: verifiedForMs });
  const pending = new Set<string>();
  async function verify(authorization: string): Promise<void> {
    pending.add(authorization);
    try {
      accounts.set(authorization, (await verifier.caller({ authorization })).accountId);
    } catch {
      // Operations that need a token refuse this one, and say why.
    } finally {
      pending.delete(authorization);
    }
  }
  return {
    of(request) {
      const authorization = authorizationOf(request);
      return authorization && accounts.get(authorization);
    },
    learn(request) {
      const authorization = authorizationOf(request);
      if (!authorization || authorization.length > maxLength) return;
      if (!accounts.has(authorization) && !pending.has(authorization)) void verify(authorization);
    },
  };
}
