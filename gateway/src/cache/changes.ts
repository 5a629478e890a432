/** A change of a cached value: received in a message that every replica gets, or made through this replica. */
export type Change = {
  id: string;
  /** The account whose lists contain the value; empty for lists that are the same for all callers. */
  owner: string;
  version: number;
  /** The change alters no list: neither its rows nor their order. */
  inPlace: boolean;
};

/** The version of a change made through this replica: newer than any cached version. */
export const latestVersion = Number.POSITIVE_INFINITY;
