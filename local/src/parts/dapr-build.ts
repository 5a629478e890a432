import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { daprPatches } from "@sidecart/dapr/patches";
import { checkout } from "../instance.ts";
import { goBuild } from "./go-build.ts";

const source = join(checkout, "dapr");
const programs = ["daprd", "placement", "scheduler", "sentry"];

/** The folder of our build of Dapr. Builds it if this source has not been built with this Go version yet. */
export async function builtRuntime(note: (text: string) => void, signal?: AbortSignal): Promise<string> {
  const build = {
    title: "the Dapr runtime",
    name: "runtime",
    source,
    packages: programs.map((name) => `./cmd/${name}`),
    takes: "some minutes",
    advice: "install Go from https://go.dev/dl, or Dapr 1.16 or later (https://docs.dapr.io), then try again",
    variables: await versionVariables(),
    patches: daprPatches,
  };
  return goBuild(build, note, signal);
}

/** The version in `--version` and in the logs. */
async function versionVariables(): Promise<Record<string, string>> {
  const goMod = await readFile(join(source, "go.mod"), "utf8");
  const version = goMod.match(/github\.com\/dapr\/dapr v(\S+)/)?.[1] ?? "unknown";
  const variables = ["github.com/dapr/dapr/pkg/buildinfo.version", "github.com/dapr/kit/logger.DaprVersion"];
  return Object.fromEntries(variables.map((name) => [name, version]));
}
