import { chart, release, values } from "../helm.ts";
import { command } from "../kubectl.ts";
import type { Part } from "../part.ts";

/** A wrong value, and what of it has to be in the answer. */
const wrong = [
  ["brokre=redis", "brokre"],
  ["broker=carrier-pigeon", "broker"],
  ["services.orders.replicas=two", "replicas"],
  ["services.orders.replicsa=2", "replicsa"],
  ["dev.postgres.imgae=x", "imgae"],
] as const;

export const refusals: Part = {
  name: "refusals",
  what: "A wrong value is refused before anything changes, by its name",
  async run(cluster, { expect, note }) {
    for (const [value, name] of wrong) {
      const args = ["upgrade", release, chart, "--namespace", cluster.namespace, ...values(cluster), "--set", value];
      const said = await command("helm", [...args, "--dry-run=server"]).then(
        () => "accepted",
        (error: Error) => error.message,
      );
      expect(`--set ${value} is refused, and ${name} is named`, said !== "accepted" && said.includes(name), said);
      note(
        said
          .split("\n")
          .find((line) => line.includes(name))
          ?.trim() ?? "",
      );
    }
  },
};
