/**
 * How names of the search contract map to names in the cluster. An index is stored in `<prefix><name>.data` and has the
 * alias `<prefix><name>` from its creation on. An alias of the contract is a cluster alias of the same form that points
 * at another index. Callers therefore only use aliases, and a write with `require_alias` cannot create an index.
 */
export type Names = {
  /** The cluster alias that reads and writes use. */
  target(name: string): string;
  /** The cluster index that holds the data of an index. */
  data(name: string): string;
  /** A pattern for every data index of this prefix. */
  allData: string;
  /** The contract's name for a data index. */
  fromData(data: string): string;
};

// The contract allows no dot in a name, so the suffix cannot clash with one.
const suffix = ".data";

export function createNames(prefix: string): Names {
  return {
    target: (name) => `${prefix}${name}`,
    data: (name) => `${prefix}${name}${suffix}`,
    allData: `${prefix}*${suffix}`,
    fromData: (data) => data.slice(prefix.length, -suffix.length),
  };
}
