/** A change of a cached value: from a message that every replica hears, or made through this replica. */
export type Change = {
  id: string;
  /** Whose lists the value is in; empty for lists that are the same for everybody. */
  owner: string;
  version: number;
  /** The value changed where it is: no list has other rows, or another order, because of it. */
  inPlace: boolean;
};

/** For a change made through this replica: newer than any version that is cached. */
export const latestVersion = Number.POSITIVE_INFINITY;
