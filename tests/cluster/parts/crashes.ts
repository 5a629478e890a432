import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../support/random.ts";
import { shoppingAtHalf } from "../capacity.ts";
import type { Part } from "../part.ts";
import { replace } from "./kills.ts";

const victims = ["accounts", "catalog", "orders"];
const peaceMs = 3_000;
/** What nobody may repeat by themselves: who asked is told that it may have been done. */
const undecided = "cancel order";

export const crashes: Part = {
  name: "crashes",
  what: "Pods of services end without notice: reads and orders go on, the rest is told to ask again",
  async run(cluster, report) {
    const shopping = await shoppingAtHalf(cluster, report);
    const random = new Random();
    report.note(`SEED=${random.seed}`);
    const load = await shopping();
    for (const app of random.shuffle(victims)) {
      await replace(cluster, app, random, ["--grace-period=0", "--force"]);
      await pause(peaceMs);
    }
    const { requests, failedKinds, failures } = await load.stop();
    const { [undecided]: told = 0, ...lost } = failedKinds;
    const others = Object.values(lost).reduce((sum, count) => sum + count, 0);
    report.expect(`of ${requests} requests ${others} reads and orders failed`, others === 0 && requests > 0, failures);
    const unclear = failures.filter((text) => text.includes(undecided) && !/ 50[34] /.test(text));
    report.expect(`${told} cancellations were told 503 or 504`, unclear.length === 0, unclear);
  },
};
