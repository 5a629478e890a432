import { execFileSync } from "node:child_process";
import type { Launched } from "@sidecart/local/launch";

/**
 * The resident memory of each process with its children, in MiB. Every process of the launcher leads a process group.
 */
export function memoryOf({ processes }: Launched): Map<string, number> {
  const byGroup = new Map<number, number>();
  for (const line of execFileSync("ps", ["-eo", "pgid=,rss="], { encoding: "utf8" }).trim().split("\n")) {
    const [group = 0, kibibytes = 0] = line.trim().split(/\s+/).map(Number);
    byGroup.set(group, (byGroup.get(group) ?? 0) + kibibytes);
  }
  return new Map([...processes.values()].map(({ name, pid = 0 }) => [name, (byGroup.get(pid) ?? 0) / 1024]));
}
