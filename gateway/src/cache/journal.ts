/** The latest changes, in the order in which this replica heard of them. */
export type Journal<Change> = {
  /** A position to ask `since` about later. */
  now(): number;
  add(change: Change): void;
  /** The changes after a position; undefined when that is too long ago to know. */
  since(position: number): readonly Change[] | undefined;
};

/** Remembers at least the last `capacity` changes, and at most twice as many. */
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
