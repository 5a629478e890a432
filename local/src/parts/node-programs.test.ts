import t from "tap";
import { instanceAt } from "../instance.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { withEnvironment } from "../testing/with-environment.ts";
import { appProcess } from "./node-programs.ts";

const ports = { app: 1, http: 2, grpc: 3, internal: 4, metrics: 5 };
const settings = { ports, metricsPort: 6, tokens: { dapr: "d", app: "a" }, logLevel: "info" };
const gateway = { app: { id: "gateway", entry: "gateway/src/main.ts", http: true }, name: "gateway" };

t.test("services get the shop's quotas, and nothing else of the launcher's settings", async (t) => {
  const instance = instanceAt("default", temporaryHome(t));
  withEnvironment(t, { SIDECART_QUOTA_OPEN_ORDERS: "3", SIDECART_OTHER: "x" });
  const { env } = appProcess(instance, gateway, { ...settings, httpPort: undefined });
  t.match(env, { SIDECART_QUOTA_OPEN_ORDERS: "3", SIDECART_OTHER: undefined });
});

t.test("the gateway allows the origins in SIDECART_CORS_ORIGINS and those of this machine", async (t) => {
  const instance = instanceAt("default", temporaryHome(t));
  const origins = (httpPort: number | undefined) =>
    appProcess(instance, gateway, { ...settings, httpPort }).env?.SIDECART_CORS_ORIGINS;
  const local = [
    ...["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"],
    ...["https://localhost:*", "https://127.0.0.1:*", "https://[::1]:*"],
  ].join();
  withEnvironment(t, { SIDECART_CORS_ORIGINS: "" });
  t.equal(origins(8080), local);
  withEnvironment(t, { SIDECART_CORS_ORIGINS: "https://shop.example.com, *" });
  t.equal(origins(8080), `${local},https://shop.example.com, *`);
  t.equal(origins(undefined), undefined, "a service without HTTP has none");
});
