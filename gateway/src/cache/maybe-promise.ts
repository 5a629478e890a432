/** The value itself where it is cached; a promise of it where it is fetched. */
export type MaybePromise<T> = T | Promise<T>;
