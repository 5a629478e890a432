import { goodClaims, type SigningKey, sign } from "../../support/tokens.ts";
import type { Size } from "../data-set.ts";
import { accountId } from "./ids.ts";

/** People who ask at once; more would only be more tokens to make. */
const most = 1_000;
const goodForSeconds = 24 * 60 * 60;

/** Access tokens by account, as a log-in gives them but for how long they are good. */
export function signTokens(key: SigningKey, size: Size): Promise<string[]> {
  const exp = Math.floor(Date.now() / 1_000) + goodForSeconds;
  const tokens = Array.from({ length: Math.min(size.accounts, most) }, (_, place) =>
    sign(key, { ...goodClaims(accountId(place + 1), ["customer"]), exp }),
  );
  return Promise.all(tokens);
}
