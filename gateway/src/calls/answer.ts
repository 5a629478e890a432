/** What a service's contract promises and proto cannot: that a message has this part. */
export function answered<T>(part: T | undefined, what: string): T {
  if (part === undefined) throw new Error(`a service answered without ${what}`);
  return part;
}
