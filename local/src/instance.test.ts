import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t from "tap";
import { clearLastRun, instanceAt, makeFolder } from "./instance.ts";
import { temporaryHome } from "./testing/started-cli.ts";

t.test("a sidecar can open the names file while another one writes", async (t) => {
  const instance = instanceAt("default", temporaryHome(t));
  await makeFolder(instance);
  await clearLastRun(instance);
  const file = join(instance.folder, "names.db");
  const [writing, opening] = [new DatabaseSync(file), new DatabaseSync(file)];
  t.teardown(() => {
    writing.close();
    opening.close();
  });
  writing.exec("begin immediate; create table hosts (id int)");
  t.doesNotThrow(() => opening.exec("pragma journal_mode = wal"));
  t.equal(statSync(file).mode & 0o077, 0, "no other user may read it");
});
