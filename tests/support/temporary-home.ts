import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder for what a system keeps. PostgreSQL's own user must be able to pass through. */
export async function temporaryHome(purpose: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), `sidecart-${purpose}-`));
  await chmod(home, 0o711);
  return home;
}
