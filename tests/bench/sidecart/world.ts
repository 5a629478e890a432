import type { Size } from "../data-set.ts";

/** What requests to a system with our API have to know. */
export type World = {
  url: string;
  /** A gateway of the same system that keeps nothing; none where there is nothing to keep. */
  uncachedUrl?: string;
  size: Size;
  /** Access tokens, by account. */
  tokens: string[];
};
