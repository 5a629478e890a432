import { asAdmin } from "./api.ts";

await asAdmin(async (ask) => {
  process.stdout.write("building a new search index; searches go on meanwhile\n");
  const { reindex } = await ask<{ reindex: { indexed: number; index: string } }>(
    "mutation { reindex { indexed index } }",
  );
  process.stdout.write(`${reindex.indexed} products are in ${reindex.index}, which is searched from now on\n`);
});
