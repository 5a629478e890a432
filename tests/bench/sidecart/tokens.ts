import { goodClaims, type SigningKey, sign } from "../../support/tokens.ts";
import type { Size } from "../data-set.ts";
import { accountId } from "./ids.ts";

/** The number of accounts with a token. More tokens would only cost time to sign. */
const most = 1_000;
const goodForSeconds = 24 * 60 * 60;

/** Access tokens by account, like those of a log-in but with a longer validity. */
export function signTokens(key: SigningKey, size: Size): Promise<string[]> {
  const exp = Math.floor(Date.now() / 1_000) + goodForSeconds;
  const tokens = Array.from({ length: Math.min(size.accounts, most) }, (_, place) =>
    sign(key, { ...goodClaims(accountId(place + 1), ["customer"]), exp }),
  );
  return Promise.all(tokens);
}
