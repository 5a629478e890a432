import { createLogger } from "@sidecart/platform/telemetry";
import t, { type Test } from "tap";
import { testConfig, testCounts } from "../../../tests/support/gateway.ts";
import { createHttp } from "./server.ts";

/** Whether a page of that origin may read a response. */
async function mayRead(t: Test, setting: string | undefined, origin: string): Promise<boolean> {
  const env = { SIDECART_LOCAL: "1", ...(setting !== undefined && { SIDECART_CORS_ORIGINS: setting }) };
  const app = await createHttp(testConfig(env), testCounts(), createLogger("test", "silent"));
  app.get("/", async () => ({}));
  t.teardown(() => app.close());
  const allowed = (await app.inject({ url: "/", headers: { origin } })).headers["access-control-allow-origin"];
  return allowed === origin;
}

t.test("only origins in the setting are allowed; not even localhost without it", async (t) => {
  for (const setting of [undefined, "", "https://shop.example.com"]) {
    t.equal(await mayRead(t, setting, "http://localhost:5173"), false, `${setting}`);
  }
  t.equal(await mayRead(t, "https://shop.example.com", "https://shop.example.com"), true);
});

t.test("an origin with :* allows that host on every port, and no other host", async (t) => {
  const setting = "https://shop.example.com,http://localhost:*,http://[::1]:*";
  for (const origin of [
    "http://localhost",
    "http://localhost:5173",
    "http://[::1]",
    "http://[::1]:5173",
    "https://shop.example.com",
  ]) {
    t.equal(await mayRead(t, setting, origin), true, origin);
  }
  for (const origin of [
    "https://localhost:5173",
    "http://localhost:5173.evil.example.com",
    "http://localhost.evil.example.com",
    "http://xlocalhost:1",
    "http://[::2]:5173",
    "http://1:5173",
    "https://shop.example.com:8443",
  ]) {
    t.equal(await mayRead(t, setting, origin), false, origin);
  }
});

t.test("* allows every origin", async (t) => {
  t.equal(await mayRead(t, "http://localhost:*,*", "https://anywhere.example.com"), true);
});
