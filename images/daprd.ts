import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtRuntime } from "../local/src/parts/dapr-build.ts";
import { normalizeFiles, type Target } from "./assemble.ts";
import { goSbom } from "./go-sbom.ts";

/** Writes the content of the daprd image: one static program, which Dapr's injector starts as `/daprd`. */
export async function assembleDaprd(out: string, { epoch }: Target, note: (text: string) => void): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, "packages"), { recursive: true });
  await mkdir(join(out, "sources"));
  const program = join(await builtRuntime(note), "daprd");
  await copyFile(program, join(out, "sources", "daprd"));
  await writeFile(join(out, "sources", "sbom.cdx.json"), await goSbom(program, "daprd", epoch));
  normalizeFiles(out, epoch);
}
