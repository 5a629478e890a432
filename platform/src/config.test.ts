import t from "tap";
import { loadConfig, platformConfig } from "./config.ts";

const good = {
  SIDECART_APP_ID: "orders",
  SIDECART_APP_PORT: "6001",
  APP_API_TOKEN: "a token of 16 or more",
};

t.test("an unset key has its default, and a set key has its type", async (t) => {
  t.match(loadConfig(platformConfig, good), {
    SIDECART_APP_ID: "orders",
    SIDECART_APP_PORT: 6001,
    SIDECART_APP_HOST: "127.0.0.1",
    DAPR_GRPC_PORT: 50001,
    SIDECART_LOG_LEVEL: "info",
    SIDECART_LOCAL: false,
    SIDECART_TIMEOUT_MS: 10_000,
    SIDECART_METRICS_PORT: undefined,
    SIDECART_METRICS_HOST: "127.0.0.1",
  });
});

t.test("local mode is off for every word that means no", async (t) => {
  for (const word of ["0", "false", "no", "off", ""]) {
    const { SIDECART_LOCAL } =
      word === "" ? loadConfig(platformConfig, good) : loadConfig(platformConfig, { ...good, SIDECART_LOCAL: word });
    t.equal(SIDECART_LOCAL, false, word);
  }
  t.equal(loadConfig(platformConfig, { ...good, SIDECART_LOCAL: "1" }).SIDECART_LOCAL, true);
});

for (const [key, value] of [
  ["SIDECART_APP_ID", undefined],
  ["SIDECART_APP_ID", "Orders!"],
  ["SIDECART_APP_PORT", "70000"],
  ["SIDECART_APP_PORT", "sixty"],
  ["APP_API_TOKEN", "too short"],
  ["DAPR_API_TOKEN", "too short too"],
  ["SIDECART_LOG_LEVEL", "loud"],
  ["SIDECART_LOCAL", "perhaps"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "not a url"],
  ["SIDECART_TRACE_RATIO", "1.5"],
  ["SIDECART_TIMEOUT_MS", "99"],
] as const) {
  t.test(`${key}=${value ?? "(nothing)"} is refused by name, without its value`, async (t) => {
    const error = await t.rejects(async () => loadConfig(platformConfig, { ...good, [key]: value }));
    const { message } = error as unknown as Error;
    t.match(message, new RegExp(`^Configuration: ${key}: `));
    if (value) t.notMatch(message, value);
  });
}

t.test("one error names all invalid keys", async (t) => {
  t.throws(() => loadConfig(platformConfig, {}), /SIDECART_APP_ID: .*; SIDECART_APP_PORT: .*; APP_API_TOKEN: /);
});
