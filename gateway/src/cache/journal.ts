/** What changed lately, in the order in which we heard of it. */
export type Journal<Change> = {
  /** A moment to ask about later. */
  now(): number;
  note(change: Change): void;
  /** What changed after a moment; undefined when that is too long ago to know. */
  since(moment: number): readonly Change[] | undefined;
};

/** Remembers at least the last `most` changes, and at most twice as many. */
export function createJournal<Change>(most: number): Journal<Change> {
  let changes: Change[] = [];
  let forgotten = 0;
  return {
    now: () => forgotten + changes.length,
    note(change) {
      if (changes.length >= 2 * most) {
        forgotten += most;
        changes = changes.slice(most);
      }
      changes.push(change);
    },
    since: (moment) => (moment < forgotten ? undefined : changes.slice(moment - forgotten)),
  };
}
