/** The credentials of clients, which the node also uses for connections to itself. */
export interface KafkaLogin {
  username: string;
  password: string;
}

export interface KafkaPorts {
  client: number;
  controller: number;
}

/** Broker and controller in one process on 127.0.0.1, with SASL/PLAIN (https://kafka.apache.org/41/configuration/broker-configs/). */
export function serverProperties(dataFolder: string, ports: KafkaPorts, login: KafkaLogin): string {
  const host = "127.0.0.1";
  const settings: Record<string, string | number | boolean> = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@${host}:${ports.controller}`,
    listeners: `CLIENT://${host}:${ports.client},CONTROLLER://${host}:${ports.controller}`,
    "advertised.listeners": `CLIENT://${host}:${ports.client}`,
    "inter.broker.listener.name": "CLIENT",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "sasl.mechanism.controller.protocol": "PLAIN",
    "listener.name.client.plain.sasl.jaas.config": plainLogin(login),
    "listener.name.controller.plain.sasl.jaas.config": plainLogin(login),
    "log.dirs": dataFolder,
    // components/setup creates topics; a missing topic must cause an error.
    "auto.create.topics.enable": false,
    "message.max.bytes": 4 * 1024 * 1024,
    ...ofOneNode,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${escaped(String(value))}`);
  return `${lines.join("\n")}\n`;
}

/** Replaces defaults for clusters: replication, waiting for other nodes, memory for thousands of partitions. */
const ofOneNode = {
  "offsets.topic.num.partitions": 1,
  "offsets.topic.replication.factor": 1,
  "transaction.state.log.num.partitions": 1,
  "transaction.state.log.replication.factor": 1,
  "transaction.state.log.min.isr": 1,
  "share.coordinator.state.topic.num.partitions": 1,
  "share.coordinator.state.topic.replication.factor": 1,
  "share.coordinator.state.topic.min.isr": 1,
  "group.initial.rebalance.delay.ms": 100,
  // After a kill the node can only register again when its old session has expired.
  "broker.session.timeout.ms": 3_000,
  "broker.heartbeat.interval.ms": 500,
  "num.network.threads": 2,
  "num.io.threads": 4,
  "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
};

/** `username` and `password` are for the node's own connections; `user_…` lists the accepted clients. */
function plainLogin({ username, password }: KafkaLogin): string {
  const module = "org.apache.kafka.common.security.plain.PlainLoginModule";
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  const who = `username=${quoted(username)} password=${quoted(password)} user_${username}=${quoted(password)}`;
  return `${module} required ${who};`;
}

/** Escapes a value for java.util.Properties. */
function escaped(value: string): string {
  return value.replace(/\\/g, "\\\\");
}
