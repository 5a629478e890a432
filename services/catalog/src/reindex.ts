import { background, type CallContext } from "@sidecart/platform/call";
import { AppError } from "@sidecart/platform/errors";
import { newId } from "@sidecart/platform/ids";
import { catalogErrors } from "./errors.ts";
import { type IndexDeps, operation } from "./index-products.ts";

const pageSize = 500;
const takeBackMs = 10_000;

/**
 * Builds a new index beside the live one and then moves the alias to it. Changes made meanwhile go into both indexes;
 * versions decide between them and the copy. Searches go on throughout.
 */
export async function reindex(deps: IndexDeps, context: CallContext): Promise<{ indexed: number; index: string }> {
  const name = `products-${newId()}`;
  // It is there before it is announced: whoever hears of a change writes to every index that is announced.
  await deps.index.createIndex(name, context);
  try {
    if (!(await deps.indexes.startBuilding(name, context))) throw new AppError(catalogErrors.reindexRunning);
    const indexed = await copyAll(deps, name, context);
    await deps.index.pointAlias(name, context);
    const { live, old } = await deps.indexes.makeLive(name, context);
    if (live === null) throw new Error(`search index ${name} took so long that another build began`);
    if (old) await deps.index.deleteIndex(old, context);
    return { indexed, index: name };
  } catch (error) {
    await takeBack(deps, name);
    throw error;
  }
}

/** The caller may be out of time by now. What cannot be taken back now, the next reindex replaces. */
async function takeBack(deps: IndexDeps, name: string): Promise<void> {
  const context = background(takeBackMs);
  const undo = async () => {
    await deps.indexes.abandon(name, context);
    const live = await deps.indexes.liveIndex(context);
    if (live === name) return;
    if (live !== null) await deps.index.pointAlias(live, context);
    await deps.index.deleteIndex(name, context);
  };
  await undo().catch(() => {});
}

/** The first index, made when there is none yet. Replicas that start together leave it to one of them. */
export async function ensureIndex(deps: IndexDeps, context: CallContext): Promise<void> {
  if ((await deps.indexes.liveIndex(context)) !== null) return;
  try {
    await reindex(deps, context);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== catalogErrors.reindexRunning.code) throw error;
  }
}

async function copyAll(deps: IndexDeps, index: string, context: CallContext): Promise<number> {
  let copied = 0;
  for (let after: string | undefined; ; ) {
    const products = await deps.indexes.page(after, pageSize, context);
    if (products.length > 0) await deps.index.write(index, products.map(operation), context);
    copied += products.length;
    after = products.at(-1)?.id;
    if (products.length < pageSize) return copied;
  }
}
