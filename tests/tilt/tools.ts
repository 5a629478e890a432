import { join } from "node:path";
import { goBuild } from "@sidecart/local/parts/go-build";

const build = {
  title: "kind, and what evaluates a Tiltfile",
  name: "tilt-tools",
  source: join(import.meta.dirname, "tools"),
  packages: ["./tiltfile", "sigs.k8s.io/kind"],
  takes: "half a minute",
  advice: "install Go ≥ 1.26 (https://go.dev/dl)",
};

/** The folder of the programs `tiltfile` (tools/tiltfile) and `kind`. */
export function tiltTools(note: (text: string) => void): Promise<string> {
  return goBuild(build, note);
}
