import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder for a system's files. PostgreSQL's user must be able to enter it. */
export async function temporaryHome(purpose: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), `sidecart-${purpose}-`));
  await chmod(home, 0o711);
  return home;
}
