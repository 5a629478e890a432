import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { secretSuite } from "./suite.ts";

t.setTimeout(120_000);

await t.test("secrets in a local file", (t) =>
  secretSuite(t, "local", (_t, secrets, folder) =>
    writeFile(join(folder, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 }),
  ),
);
