/** The value itself on a cache hit; a promise on a miss. */
export type MaybePromise<T> = T | Promise<T>;
