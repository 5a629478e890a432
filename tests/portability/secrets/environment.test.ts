import t from "tap";
import { startComponent } from "./sidecar.ts";
import { secretSuite } from "./suite.ts";

t.setTimeout(120_000);

const variable = (name: string) => `SIDECART_SECRET_${name.toUpperCase().replaceAll("-", "_")}`;

await t.test("secrets in the environment", (t) =>
  secretSuite(t, "environment", (t, secrets, folder) => {
    const variables = Object.entries(secrets).map(([name, keys]) => [variable(name), JSON.stringify(keys)]);
    return startComponent(t, "environment-secrets", folder, Object.fromEntries(variables));
  }),
);
