import type { Verifier } from "@sidecart/platform/rpc";
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";

const keptTokens = 5_000;
/** Longer than a token lives. It only decides what a request counts on, so a revoked token may stay. */
const keptMs = 20 * 60_000;

type Headers = Pick<FastifyRequest, "headers">;

export type KnownAccounts = {
  /** The account of a request's token, if the token was valid when it came before. */
  of(request: Headers): string | undefined;
  /** Verifies a token that is not known yet, without waiting for it. */
  learn(request: Headers): void;
};

/** Remembers the accounts of valid tokens, so that a request can be counted on its account at no cost. */
export function createKnownAccounts(verifier: Pick<Verifier, "caller">): KnownAccounts {
  const accounts = new LRUCache<string, string>({ max: keptTokens, ttl: keptMs });
  return {
    of: ({ headers: { authorization } }) => (authorization ? accounts.get(authorization) : undefined),
    learn({ headers: { authorization } }) {
      if (!authorization || accounts.has(authorization)) return;
      verifier.caller({ authorization }).then(
        ({ accountId }) => accounts.set(authorization, accountId),
        // Its operations say what is wrong with it.
        () => {},
      );
    },
  };
}
