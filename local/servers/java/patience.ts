import type { TAP } from "tap";

const timeoutMs = 300_000;

/** The first start downloads the node, which takes longer than tap's 30 s; the comment is how its runner is told. */
export function allowDownload(t: TAP): void {
  t.setTimeout(timeoutMs);
  t.comment(`timeout=${timeoutMs}`);
}
