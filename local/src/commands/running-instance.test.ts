import { join } from "node:path";
import t, { type Test } from "tap";
import { instanceAt, makeFolder } from "../instance.ts";
import { RunRecord } from "../process/run-record.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { withEnvironment } from "../testing/with-environment.ts";
import { gatewayAndAdmin } from "./api.ts";
import { chosenInstance } from "./running-instance.ts";

/** A home where this process runs the named instances; those with a URL are ready. */
async function running(t: Test, gateways: Record<string, string | undefined>): Promise<void> {
  const home = temporaryHome(t);
  withEnvironment(t, { SIDECART_HOME: home, SIDECART_URL: "" });
  for (const [name, gateway] of Object.entries(gateways)) {
    const instance = instanceAt(name);
    await makeFolder(instance);
    const { record } = await RunRecord.claim(instance.folder, name);
    if (gateway !== undefined) record.announce(gateway);
  }
}

const gatewayOf = (instance?: string) => gatewayAndAdmin(instance).gateway;

t.test("the only running instance is used, with any name and port", async (t) => {
  await running(t, { two: "http://127.0.0.1:4711" });
  await makeFolder(instanceAt("default"));
  t.equal(gatewayOf(), "http://127.0.0.1:4711");
});

t.test("with several running instances the error lists them", async (t) => {
  await running(t, { default: "http://127.0.0.1:1", two: "http://127.0.0.1:2" });
  t.throws(gatewayOf, { message: "several instances are running: choose one with --instance: default, two" });
  t.equal(gatewayOf("two"), "http://127.0.0.1:2");
});

t.test("if no instance is running, the error says what to do", async (t) => {
  await running(t, {});
  t.throws(gatewayOf, { message: "no instance is running: npm start, or set SIDECART_URL to the URL of a gateway" });
  withEnvironment(t, { SIDECART_HOME: join(temporaryHome(t), "never-made") });
  t.throws(() => chosenInstance(undefined, "wait"), { message: "no instance is running: npm start, or wait" });
});

t.test("an instance without a gateway is reported as starting", async (t) => {
  await running(t, { two: undefined });
  t.throws(gatewayOf, { message: 'instance "two" is still starting: try again when it is ready' });
});
