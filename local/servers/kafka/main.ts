import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { runAlone } from "../../src/process/alone.ts";
import { randomSecret } from "../../src/secrets/private-file.ts";
import { startKafka } from "./start.ts";

// `node local/servers/kafka/main.ts --port 9092 --data .sidecart/kafka` runs one node until Ctrl-C.
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "9092" },
    "controller-port": { type: "string", default: "9093" },
    data: { type: "string", default: ".sidecart/kafka" },
  },
});

const ports = { port: Number(values.port), controllerPort: Number(values["controller-port"]) };
const login = { username: "sidecart", password: process.env.KAFKA_PASSWORD || randomSecret() };

await runAlone(
  (log) => startKafka({ dataDir: resolve(values.data), ...ports, ...login, log }),
  ({ brokers }) => `Kafka listens at ${brokers} (SASL/PLAIN, ${login.username} ${login.password})`,
);
