import { type CallContext, throwIfDone } from "../rpc/call.ts";

/**
 * Repeats a statement that handles up to `size` rows until it handles fewer. Returns the total. Throws when the caller
 * cancels or the deadline passes; the rows handled so far stay handled.
 */
export async function repeatWhileFull(
  size: number,
  context: CallContext,
  statement: () => Promise<number>,
): Promise<number> {
  for (let total = 0; ; ) {
    throwIfDone(context);
    const rows = await statement();
    total += rows;
    if (rows < size) return total;
  }
}
