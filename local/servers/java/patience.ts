import type { TAP } from "tap";

const timeoutMs = 300_000;

/** The first start downloads the server, which takes longer than tap's 30 s. The comment sets the timeout of the runner. */
export function allowDownload(t: TAP): void {
  t.setTimeout(timeoutMs);
  t.comment(`timeout=${timeoutMs}`);
}
