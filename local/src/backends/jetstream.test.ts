import { connect } from "@nats-io/transport-node";
import t from "tap";
import { isRecent } from "../parts/nats.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { StartError } from "../start-error.ts";
import { temporaryHome } from "../testing/started-cli.ts";
import { launchStores } from "../testing/stores-only.ts";
import { withEnvironment } from "../testing/with-environment.ts";

t.setTimeout(600_000); // the first time, the server is built

const own = { broker: "jetstream" } as const;

t.test("our NATS keeps its messages after a kill and after a stop; an instance can use another's server", async (t) => {
  const home = temporaryHome(t);
  const first = await launchStores(t, home, own);
  await makeStream(first.secrets);
  t.equal(await publish(first.secrets, "one"), 1);
  await first.system.kill("nats");
  await t.rejects(publish(first.secrets, "lost"));
  await first.system.start("nats");
  t.equal(await publish(first.secrets, "two"), 2);
  t.same(await first.system.stop(), [], "it stops in time");

  const second = await launchStores(t, home, own);
  t.equal(await publish(second.secrets, "three"), 3);

  const { natsURL = "" } = second.secrets.jetstream ?? {};
  withEnvironment(t, { NATS_URL: Object.assign(new URL(natsURL), { password: "wrong" }).href });
  const refusal = await launchStores(t, temporaryHome(t), own).catch((error: unknown) => error);
  t.ok(refusal instanceof StartError);
  t.match(refusal, { message: /^NATS at \S+ \(NATS_URL\) .*: correct the user and password in NATS_URL$/ });

  withEnvironment(t, { NATS_URL: natsURL });
  const guest = await launchStores(t, temporaryHome(t), own);
  t.notOk(guest.system.processes.has("nats"));
  t.same(guest.secrets.jetstream, { natsURL });
});

t.test("an installed nats-server is used from 2.10 on", async (t) => {
  for (const version of ["v2.10.0", "v2.15.2", "v3.0.0"]) t.ok(isRecent(`nats-server: ${version}`), version);
  for (const version of ["v2.9.10", "v1.12.0", "dev"]) t.notOk(isRecent(`nats-server: ${version}`), version);
});

const stream = "kept";

function makeStream(secrets: Secrets): Promise<unknown> {
  return ask(secrets, `$JS.API.STREAM.CREATE.${stream}`, { name: stream, subjects: [stream], storage: "file" });
}

/** Returns the number of the message in the stream. */
async function publish(secrets: Secrets, text: string): Promise<unknown> {
  return (await ask(secrets, stream, { text })).seq;
}

/** A request of the JetStream API, https://docs.nats.io/reference/reference-protocols/nats_api_reference. */
async function ask({ jetstream }: Secrets, subject: string, body: object): Promise<Record<string, unknown>> {
  const { host, username, password } = new URL(jetstream?.natsURL ?? "");
  const connection = await connect({ servers: host, user: username, pass: password, reconnect: false });
  try {
    const answer = (await connection.request(subject, JSON.stringify(body))).json<Record<string, unknown>>();
    if (answer.error) throw new Error(JSON.stringify(answer.error));
    return answer;
  } finally {
    await connection.close();
  }
}
