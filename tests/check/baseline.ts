import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { currentSchema } from "./compatibility.ts";
import { root, tool } from "./tool.ts";

/** Accepts the contracts as they are now: what later changes are compared with. */
const failed = await tool("buf", ["build", "--exclude-source-info", "-o", "baseline.json"], join(root, "proto"));
if (failed) throw new Error(failed);
await writeFile(join(root, "gateway/schema.snapshot.graphql"), await currentSchema());
process.stdout.write("proto/baseline.json and gateway/schema.snapshot.graphql are renewed\n");
