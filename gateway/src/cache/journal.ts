/** The latest changes, in the order in which this replica received them. */
export type Journal<Change> = {
  /** The current position, for a later call of `since`. */
  now(): number;
  add(change: Change): void;
  /** The changes after a position; undefined when some of them are no longer kept. */
  since(position: number): readonly Change[] | undefined;
};

/** Keeps at least the last `capacity` changes and at most twice as many. */
export function createJournal<Change>(capacity: number): Journal<Change> {
  let changes: Change[] = [];
  let forgotten = 0;
  return {
    now: () => forgotten + changes.length,
    add(change) {
      if (changes.length >= 2 * capacity) {
        forgotten += capacity;
        changes = changes.slice(capacity);
      }
      changes.push(change);
    },
    since: (position) => (position < forgotten ? undefined : changes.slice(position - forgotten)),
  };
}
