import { backendNames } from "./backends/backend-names.mjs";

export const help = () => `Runs Sidecart on this machine.

  npm start -- [options]

  --instance NAME   the copy of the system to run; each has its own data, logs and ports; default: default
  --port N          the port of the gateway, 0 for any free port; default: 8080
  --verbose         prints all logs, merged
  --reset           deletes the instance's data first
  --no-seed         creates no sample data
  --replicas APP=N  the number of processes of an app, such as orders=2; may be repeated; default: 1
  --resources DIR   a folder with further Dapr resources; may be repeated
${Object.entries(backendNames)
  .map(([kind, names]) => `  ${`--${kind} NAME`.padEnd(17)} ${names.join(" | ")}`)
  .join("\n")}
  --help            this text

  DATABASE_URL      a PostgreSQL server to use instead of the embedded one; its user must be able to create databases
                    and roles
  REDIS_URL         a Redis server to use instead of starting one
  RABBITMQ_URL      the same for --broker rabbitmq, with RABBITMQ_MANAGEMENT_URL; default: port 15672 of the same host,
                    or 15671 with TLS
  NATS_URL          the same for --broker jetstream
  ELASTICSEARCH_URL the same for --search elasticsearch
  KAFKA_BROKERS     the same for --broker kafka, with KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_TLS=true
  S3_ENDPOINT       the same for --media s3, with S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET, S3_REGION
  SIDECART_CORS_ORIGINS
                    origins whose pages may call the gateway besides localhost, comma-separated, or *
  SIDECART_QUOTA_OPEN_ORDERS, SIDECART_QUOTA_LINE_UNITS, SIDECART_QUOTA_ORDER_UNITS, SIDECART_QUOTA_PRODUCT_UNITS,
  SIDECART_QUOTA_ORDERS_PER_HOUR
                    what one account may order; see docs/operations.md
  SIDECART_HOME     the folder of the instances; default: .sidecart
  SIDECART_DAPR_DIR a folder with the daprd, placement and scheduler to use
`;
