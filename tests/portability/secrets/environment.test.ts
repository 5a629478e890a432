import { join } from "node:path";
import { checkout } from "@sidecart/local/instance";
import t from "tap";
import { startComponent } from "../../support/standing-sidecar.ts";
import { secretSuite } from "./suite.ts";

t.setTimeout(120_000);

const main = join(checkout, "components/environment-secrets/src/main.ts");
const variable = (name: string) => `SIDECART_SECRET_${name.toUpperCase().replaceAll("-", "_")}`;

await t.test("secrets in the environment", (t) =>
  secretSuite(t, "environment", async (t, secrets, folder) => {
    const variables = Object.entries(secrets).map(([name, keys]) => [variable(name), JSON.stringify(keys)]);
    await startComponent(t, main, folder, Object.fromEntries(variables));
  }),
);
