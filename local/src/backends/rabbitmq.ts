import { dirname, join } from "node:path";
import { unusable } from "../diagnosis/remedy.ts";
import { findServer } from "../parts/os-package.ts";
import { epmdProcess, rabbitAnswers, rabbitProcess, tryLogIn } from "../parts/rabbitmq.ts";
import { findProgram } from "../process/find-program.ts";
import { isListening } from "../process/readiness.ts";
import type { Run } from "../run.ts";
import { passwordOf } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";

const loopback = "127.0.0.1";
const advice =
  "install RabbitMQ 3.10 or later (Debian: apt install rabbitmq-server; macOS: brew install rabbitmq) or set RABBITMQ_URL";
const form = "amqp://user:password@host[:port][/vhost]";

interface RabbitSecret extends Record<string, string> {
  connectionString: string;
  /** The HTTP API, with which limits are set. */
  managementUrl: string;
}

/** Events on RabbitMQ. */
export const rabbitmq: Backend = {
  async start(run) {
    const url = process.env.RABBITMQ_URL;
    return { rabbitmq: await (url ? existing(url) : own(run)) };
  },
};

async function existing(text: string): Promise<RabbitSecret> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !/^amqps?:$/.test(url.protocol))
    throw new StartError(`RABBITMQ_URL must be of the form ${form}`);
  try {
    await tryLogIn(text);
  } catch (error) {
    throw unusable(`RabbitMQ at ${url.host}`, "RABBITMQ_URL", error);
  }
  return { connectionString: text, managementUrl: managementUrl(url) };
}

/** RABBITMQ_MANAGEMENT_URL, else the usual port of the same host; the same log-in unless it carries its own. */
function managementUrl(broker: URL): string {
  const text = process.env.RABBITMQ_MANAGEMENT_URL ?? `http://${broker.hostname}:15672`;
  if (!URL.canParse(text)) throw new StartError("RABBITMQ_MANAGEMENT_URL must be of the form http://host:15672");
  const url = new URL(text);
  if (url.username === "") Object.assign(url, { username: broker.username, password: broker.password });
  return url.href;
}

async function own(run: Run): Promise<RabbitSecret> {
  const program = await findServer(
    // Debian's own on PATH is a wrapper that changes the user
    { name: "rabbitmq-server", program: "rabbitmq-server", folders: ["/usr/lib/rabbitmq/bin"], advice },
    run,
  );
  const epmd = findProgram("epmd", ["/usr/lib/erlang/bin", join(dirname(program), "../../erlang/bin")]);
  if (!epmd) throw new StartError("epmd, which comes with Erlang, is missing: put it on PATH or set RABBITMQ_URL");
  const logIn = { user: "sidecart", password: passwordOf(run.instance, "rabbitmq") };
  const mapper = await run.take("rabbitmq-epmd", ["epmd"]);
  const ports = { ...mapper, ...(await run.take("rabbitmq", ["amqp", "management", "distribution"])) };
  const account = `${logIn.user}:${logIn.password}`;
  const secret = {
    connectionString: `amqp://${account}@${loopback}:${ports.amqp}`,
    managementUrl: `http://${account}@${loopback}:${ports.management}`,
  };
  const mapped = () => isListening({ port: ports.epmd, host: loopback });
  await run.start("stores", epmdProcess(run.instance, epmd, ports), mapped);
  await run.system.ready("rabbitmq-epmd");
  const answers = () => rabbitAnswers(secret.connectionString, secret.managementUrl);
  await run.start("stores", await rabbitProcess(run.instance, program, ports, logIn), answers);
  await run.system.ready("rabbitmq");
  return secret;
}
