import { setTimeout as pause } from "node:timers/promises";
import { apps } from "@sidecart/local/apps";
import { Random } from "../../support/random.ts";
import { shoppingAtHalf } from "../capacity.ts";
import type { Part } from "../part.ts";
import { replace } from "./kills.ts";

const victims = apps.map(({ id }) => id).filter((id) => id !== "gateway");
const pauseMs = 3_000;
/** A request that nothing may retry automatically. The client learns that its outcome is unknown. */
const notRetried = "cancel order";

export const crashes: Part = {
  name: "crashes",
  what: "Pods of services are killed: reads and orders succeed; cancellations may fail with 503 or 504",
  async run(cluster, report) {
    const shopping = await shoppingAtHalf(cluster, report);
    const random = new Random();
    report.note(`SEED=${random.seed}`);
    const load = await shopping();
    for (const app of random.shuffle(victims)) {
      await replace(cluster, app, random, ["--grace-period=0", "--force"]);
      await pause(pauseMs);
    }
    const { requests, failedKinds, failures } = await load.stop();
    const { [notRetried]: cancellations = 0, ...lost } = failedKinds;
    const others = Object.values(lost).reduce((sum, count) => sum + count, 0);
    report.expect(`of ${requests} requests ${others} reads and orders failed`, others === 0 && requests > 0, failures);
    const unclear = failures.filter((text) => text.includes(notRetried) && !/ 50[34] /.test(text));
    report.expect(`${cancellations} cancellations failed, all with 503 or 504`, unclear.length === 0, unclear);
  },
};
