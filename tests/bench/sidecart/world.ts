import type { Size } from "../data-set.ts";

/** The data that requests to our API need. */
export type World = {
  url: string;
  /** The URL of a gateway without a cache; undefined when the implementation has no cache. */
  uncachedUrl?: string;
  size: Size;
  /** Access tokens, by account. */
  tokens: string[];
};
