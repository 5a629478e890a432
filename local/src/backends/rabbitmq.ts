import { unusable } from "../diagnosis/remedy.ts";
import { epmdProcess, findRabbitServer, rabbitAnswers, rabbitProcess, tryLogIn } from "../parts/rabbitmq.ts";
import { isListening } from "../process/readiness.ts";
import type { Run } from "../run.ts";
import { passwordOf } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";

const loopback = "127.0.0.1";
const form = "amqp://user:password@host[:port][/vhost]";

interface RabbitSecret extends Record<string, string> {
  connectionString: string;
  /** The HTTP API, which sets limits. Empty: the default port of the broker's host. */
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
  const { RABBITMQ_MANAGEMENT_URL: managementUrl = "" } = process.env;
  if (managementUrl !== "" && !URL.canParse(managementUrl))
    throw new StartError("RABBITMQ_MANAGEMENT_URL must be of the form http[s]://[user:password@]host:15672");
  return { connectionString: text, managementUrl };
}

async function own(run: Run): Promise<RabbitSecret> {
  const { broker, epmd } = await findRabbitServer(run);
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
  await run.start("stores", await rabbitProcess(run.instance, broker, ports, logIn), answers);
  await run.system.ready("rabbitmq");
  return secret;
}
