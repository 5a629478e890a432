import { setTimeout as pause } from "node:timers/promises";
import { StartError } from "../start-error.ts";
import { asAdmin } from "./api.ts";

const pollMs = 500;

await asAdmin(async (ask) => {
  const { reindex } = await ask<{ reindex: { index: string } }>("mutation { reindex { index } }");
  process.stdout.write(`building ${reindex.index}; searches go on meanwhile\n`);
  const query = "query($index: String!) { reindexProgress(index: $index) { state indexed } }";
  type Answer = { reindexProgress: { state: "building" | "live" | "gone"; indexed: number } };
  for (let reported = 0; ; await pause(pollMs)) {
    const { state, indexed } = (await ask<Answer>(query, { index: reindex.index })).reindexProgress;
    if (state === "gone") throw new StartError(`the build of ${reindex.index} failed: see the log of catalog`);
    if (indexed > reported || state === "live") process.stdout.write(`${indexed} products\n`);
    reported = indexed;
    if (state === "live") break;
  }
  process.stdout.write(`${reindex.index} is searched from now on\n`);
});
