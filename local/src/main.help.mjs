import { backendNames } from "./backends/backend-names.mjs";

export const help = () => `Sidecart on this machine.

  npm start -- [options]

  --instance NAME   which copy of the system: each has its own data, logs and ports (default)
  --port N          where the gateway listens, 0 for any free port (8080)
  --verbose         all logs, merged
  --reset           forget the instance's data first
  --no-seed         no sample data
  --replicas APP=N  that many processes of an app, such as orders=2; may be repeated (1)
  --resources DIR   a folder of further Dapr resources; may be repeated
${Object.entries(backendNames)
  .map(([kind, names]) => `  ${`--${kind} NAME`.padEnd(17)} ${names.join(" | ")}`)
  .join("\n")}
  --help            this text

  DATABASE_URL      a PostgreSQL to use instead of the embedded one; its user may create databases and roles
  REDIS_URL         a Redis to use instead of one that is started here
  RABBITMQ_URL      for --broker rabbitmq: a server to use instead of one that is started here;
                    and RABBITMQ_MANAGEMENT_URL (port 15672 of the same host, with TLS 15671)
  NATS_URL          for --broker jetstream, the same
  ELASTICSEARCH_URL for --search elasticsearch, the same
  KAFKA_BROKERS     for --broker kafka, the same; and KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_TLS=true
  S3_ENDPOINT       for --media s3, the same; and S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET, S3_REGION
  SIDECART_CORS_ORIGINS
                    further origins whose pages may call the gateway, comma-separated, or *; pages of localhost may
  SIDECART_HOME     where instances are kept (.sidecart)
  SIDECART_DAPR_DIR a folder with daprd, placement and scheduler to use
`;
