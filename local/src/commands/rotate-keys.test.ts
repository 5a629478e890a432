import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { type Launched, launch } from "../launch.ts";
import { signingKeys } from "../secrets/secrets.ts";
import { temporaryHome } from "../testing/started-cli.ts";

t.setTimeout(60_000);

/** The ids of the keys in the accounts sidecar's secret store; undefined while the sidecar reloads. */
async function servedKeys({ processes }: Launched): Promise<string[] | undefined> {
  const { args = [], env = {} } = processes.get("accounts-dapr")?.spec ?? {};
  const port = args[args.indexOf("--dapr-http-port") + 1];
  const headers = { "dapr-api-token": env.DAPR_API_TOKEN ?? "" };
  const url = `http://127.0.0.1:${port}/v1.0/secrets/secrets/${signingKeys}`;
  const answer = await fetch(url, { headers }).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const { jwks } = (await answer.json()) as { jwks: string };
  return (JSON.parse(jwks) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

t.test("after a rotation the running sidecar serves the new key, then the previous one", async (t) => {
  const home = temporaryHome(t);
  const system = await launch({ home });
  t.teardown(() => system.stop());
  const [before] = (await servedKeys(system)) ?? [];
  const pid = system.processes.get("accounts-dapr")?.pid;
  const command = [join(import.meta.dirname, "rotate-keys.ts")];
  const output = execFileSync(process.execPath, command, { env: { ...process.env, SIDECART_HOME: home } }).toString();
  const [, kid] = output.match(/new signing key (\S+), which the accounts sidecar has loaded/) ?? [];
  const served = await eventually("the new key to be served", async () => {
    const keys = await servedKeys(system);
    return keys?.[0] === kid && keys;
  });
  t.same(served, [kid, before]);
  t.equal(system.processes.get("accounts-dapr")?.pid, pid, "without a restart");
});
