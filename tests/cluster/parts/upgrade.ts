import { shoppingAtHalf } from "../capacity.ts";
import { release } from "../helm.ts";
import { command } from "../kubectl.ts";
import type { Cluster, Part } from "../part.ts";
import { twoOfEach } from "../robust.ts";
import { sql } from "../sql.ts";
import { outcome } from "./kills.ts";

/** The additional migration in the next version's jobs image: tests/cluster/next. */
const migration = "9000_expand_for_a_test";

export const upgrade: Part = {
  name: "upgrade",
  what: "Upgrade to a version with one more migration, and rollback, under a load of half the capacity: no request fails",
  async run(cluster, report) {
    const shopping = await shoppingAtHalf(cluster, report);
    const { nextTag } = cluster;
    if (nextTag === undefined)
      report.note("without --next-tag: a new revision of the same images, without a new migration");

    const up = await shopping();
    const seconds = await cluster.helm(...twoOfEach, `image.tag=${nextTag ?? cluster.tag}`);
    outcome(report, `upgraded in ${seconds} s`, await up.stop());
    if (nextTag) report.expect("its migration is applied", await applied(cluster));

    const back = await shopping();
    const started = performance.now();
    const flags = ["--namespace", cluster.namespace, "--wait", "--timeout", "10m"];
    await command("helm", ["rollback", release, ...flags]);
    outcome(report, `rolled back in ${Math.round((performance.now() - started) / 1_000)} s`, await back.stop());
    if (nextTag) report.expect("the migration stays applied", await applied(cluster));
  },
};

async function applied({ kubectl }: Cluster): Promise<boolean> {
  return (await sql(kubectl, "orders", "select name from service_migrations")).split("\n").includes(migration);
}
