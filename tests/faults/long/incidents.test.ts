import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "node:util";
import t from "tap";
import { root } from "../../check/tool.ts";
import { ownResources } from "../../support/own-resources.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { type Incident, mistakes, ordinary, record, recovered, starve } from "./incidents.ts";

t.setTimeout(1_200_000);
const wanted = process.env.SIDECART_INCIDENTS?.split(",");

const incidentsOf = (shop: Shop): Incident[] => {
  const all = ordinary(shop);
  const calm = Object.values(all);
  const down = async (service: string) => {
    await shop.system.kill(service);
    return () => shop.system.start(service);
  };
  return [
    { name: "overload", calm, during: calm, breaks: async ({ system }) => starve(system, "gateway") },
    { name: "partial-failures", calm, during: all.page ? [all.page] : [], breaks: () => down("accounts") },
    { name: "one-failing-service", calm, during: calm, breaks: () => down("orders") },
    { name: "bad-input", calm, during: mistakes(shop), breaks: async () => async () => {} },
    {
      name: "quiet-night",
      calm: [],
      during: [],
      async breaks({ system }) {
        await shop.place();
        await system.kill("orders");
        await shop.place();
        await system.start("orders");
        await recovered(system);
        await shop.place();
        return async () => {};
      },
    },
  ];
};

t.test("incidents are recorded", async (t) => {
  const env = { SIDECART_LOGIN_RATE_LIMIT: "100000" };
  const resources = await ownResources(t);
  await resources.replace("config/local.yaml", "metrics:\n    enabled: false", "metrics:\n    enabled: true");
  const shop = await openShop(t, { units: 100_000, env: { gateway: env }, resourcesRoot: resources.root });
  for (const incident of incidentsOf(shop)) {
    if (wanted && !wanted.includes(incident.name)) continue;
    const recording = await record(shop, incident);
    const file = `tests/chart/incidents/${incident.name}.json`;
    await writeFile(join(root, file), `${JSON.stringify(recording)}\n`);
    t.comment(format("%s: %d series", file, Object.keys(recording.series).length));
  }
});
