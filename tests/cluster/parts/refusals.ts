import { chart, release, values } from "../helm.ts";
import { command } from "../kubectl.ts";
import type { Part } from "../part.ts";

/** Invalid values, and the text that the error must contain. */
const wrong = [
  ["brokre=redis", "brokre"],
  ["broker=carrier-pigeon", "broker"],
  ["services.orders.replicas=two", "replicas"],
  ["services.orders.replicsa=2", "replicsa"],
  ["dev.postgres.imgae=x", "imgae"],
] as const;

export const refusals: Part = {
  name: "refusals",
  what: "Helm rejects an invalid value before any change, with an error that names it",
  async run(cluster, { expect, note }) {
    for (const [value, name] of wrong) {
      const args = ["upgrade", release, chart, "--namespace", cluster.namespace, ...values(cluster), "--set", value];
      const said = await command("helm", [...args, "--dry-run=server"]).then(
        () => "accepted",
        (error: Error) => error.message,
      );
      expect(
        `--set ${value} is rejected with an error that contains ${name}`,
        said !== "accepted" && said.includes(name),
        said,
      );
      note(
        said
          .split("\n")
          .find((line) => line.includes(name))
          ?.trim() ?? "",
      );
    }
  },
};
