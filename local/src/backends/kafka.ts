import { join } from "node:path";
import { answersMetadata } from "@sidecart/local/servers/kafka/answers";
import { kafkaProcess } from "@sidecart/local/servers/kafka/process";
import { unusable } from "../diagnosis/remedy.ts";
import type { Run } from "../run.ts";
import { passwordOf } from "../secrets/credentials.ts";
import { StartError } from "../start-error.ts";
import type { Backend } from "./backend.ts";

interface KafkaSecret extends Record<string, string> {
  /** host:port, several with commas. */
  brokers: string;
  authType: "password" | "none";
  saslUsername: string;
  saslPassword: string;
  /** Empty: PLAIN. */
  saslMechanism: "";
  disableTls: "true" | "false";
  /** Empty: the certificate authorities that this machine trusts. */
  caCert: "";
}

/** Events on Kafka. */
export const kafka: Backend = {
  async start(run) {
    const brokers = process.env.KAFKA_BROKERS;
    return { kafka: await (brokers ? existing(brokers) : own(run)) };
  },
};

/** Uses SASL/PLAIN if KAFKA_USERNAME is set, and TLS if KAFKA_TLS is. */
async function existing(brokers: string): Promise<KafkaSecret> {
  const list = brokers.split(",").map((broker) => broker.trim());
  if (!list.every((broker) => /^[^\s:/]+:\d+$/.test(broker)))
    throw new StartError("KAFKA_BROKERS must be of the form host:port[,host:port]");
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password = "", KAFKA_TLS } = process.env;
  if (!["true", "false", "", undefined].includes(KAFKA_TLS)) throw new StartError("KAFKA_TLS must be true or false");
  const tls = KAFKA_TLS === "true";
  const login = username ? { username, password } : undefined;
  try {
    if (!(await answersMetadata(list, login, tls))) throw new Error("it has no broker that accepts messages");
  } catch (error) {
    const variables = "KAFKA_BROKERS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_TLS";
    throw unusable(`Kafka at ${brokers}`, variables, error);
  }
  return secretOf(list.join(","), login, tls);
}

async function own(run: Run): Promise<KafkaSecret> {
  const login = { username: "sidecart", password: passwordOf(run.instance, "kafka") };
  const ports = await run.take("kafka", ["client", "controller"]);
  const brokers = `127.0.0.1:${ports.client}`;
  const [folder, log] = [join(run.instance.folder, "kafka"), join(run.instance.logs, "kafka.log")];
  const spec = await kafkaProcess({ folder, ports, log, ...login }, run);
  await run.start("stores", spec, () => answersMetadata([brokers], login));
  await run.system.ready("kafka");
  return secretOf(brokers, login, false);
}

function secretOf(
  brokers: string,
  login: { username: string; password: string } | undefined,
  tls: boolean,
): KafkaSecret {
  return {
    brokers,
    authType: login ? "password" : "none",
    saslUsername: login?.username ?? "",
    saslPassword: login?.password ?? "",
    saslMechanism: "",
    disableTls: tls ? "false" : "true",
    caCert: "",
  };
}
