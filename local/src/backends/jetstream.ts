import { unusable } from "../diagnosis/remedy.ts";
import { findNatsServer, hasJetStream, type Nats, natsProcess, natsUrl } from "../parts/nats.ts";
import type { Run } from "../run.ts";
import { passwordOf } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";

/** Events on NATS JetStream. */
export const jetstream: Backend = {
  async start(run) {
    const url = process.env.NATS_URL;
    return { jetstream: { natsURL: natsUrl(await (url ? existing(url) : own(run))) } };
  },
};

async function existing(text: string): Promise<Nats> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || url.protocol !== "nats:") {
    throw new StartError("NATS_URL must be of the form nats://[user:password@]host[:port]");
  }
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const nats = { host: url.hostname, port: Number(url.port || 4222), user, password };
  const enabled = await hasJetStream(nats).catch((error: unknown) => {
    throw unusable(`NATS at ${nats.host}:${nats.port}`, "NATS_URL", error);
  });
  if (enabled) return nats;
  throw new StartError(`NATS at ${nats.host}:${nats.port} (NATS_URL) has no JetStream: turn it on (nats-server -js)`);
}

async function own(run: Run): Promise<Nats> {
  const program = await findNatsServer(run.note, run.signal);
  const { api } = await run.take("nats", ["api"]);
  const nats = { host: "127.0.0.1", port: api, user: "sidecart", password: passwordOf(run.instance, "nats") };
  await run.start("stores", await natsProcess(run.instance, program, nats), () => hasJetStream(nats));
  await run.system.ready("nats");
  return nats;
}
