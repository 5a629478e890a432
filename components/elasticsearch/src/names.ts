/**
 * What a contract's name is called in the cluster. An index lives in `<prefix><name>.data` and has the alias
 * `<prefix><name>` from its first moment; a contract's alias is an alias of the same form that points at another index.
 * So callers only ever reach aliases, and a write with `require_alias` can never create an index by mistake.
 */
export type Names = {
  /** The alias that reads and writes go through. */
  target(name: string): string;
  /** The index that holds the data of a contract's index. */
  data(name: string): string;
  /** Every data index of this prefix. */
  allData: string;
  /** The contract's name of a data index. */
  fromData(data: string): string;
};

// A contract's name holds no dot.
const suffix = ".data";

export function createNames(prefix: string): Names {
  return {
    target: (name) => `${prefix}${name}`,
    data: (name) => `${prefix}${name}${suffix}`,
    allData: `${prefix}*${suffix}`,
    fromData: (data) => data.slice(prefix.length, -suffix.length),
  };
}
