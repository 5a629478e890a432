import pRetry from "p-retry";
import { StartError } from "../start-error.ts";
import { asAdmin } from "./api.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./reindex.help.mjs";

const pollMs = 500;

type Progress = { reindexProgress: { state: "BUILDING" | "LIVE" | "GONE"; indexed: number } };

/** The new index is not live yet. */
class Building extends Error {}

await runCommandLine(help(), async ({ instance, words: [surplus] }) => {
  if (surplus !== undefined) throw new StartError(`${surplus}: this command accepts no arguments (--help)`);
  const ask = await asAdmin(instance);
  const { reindex } = await ask<{ reindex: { index: string } }>("mutation { reindex { index } }");
  process.stdout.write(`building ${reindex.index}; searches still use the old index\n`);
  const query = "query($index: String!) { reindexProgress(index: $index) { state indexed } }";
  let reported = 0;
  const look = async () => {
    const { state, indexed } = (await ask<Progress>(query, { index: reindex.index })).reindexProgress;
    if (state === "GONE") throw new StartError(`the build of ${reindex.index} failed: see the log of catalog`);
    if (indexed > reported || state === "LIVE") process.stdout.write(`${indexed} products\n`);
    reported = indexed;
    if (state === "BUILDING") throw new Building();
  };
  await pRetry(look, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: pollMs,
    factor: 1,
    shouldRetry: ({ error }) => error instanceof Building,
  });
  process.stdout.write(`searches now use ${reindex.index}\n`);
});
