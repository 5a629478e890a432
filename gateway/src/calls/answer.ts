/**
 * Throws when a service's response lacks a message that its contract promises: proto cannot declare one as required.
 */
export function answered<T>(part: T | undefined, what: string): T {
  if (part === undefined) throw new Error(`a service answered without ${what}`);
  return part;
}
