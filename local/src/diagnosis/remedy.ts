import { join, relative, sep } from "node:path";
import { checkout } from "../instance.ts";
import { reasonOf } from "../process/reason.ts";
import { shortened } from "../screen/shortened.ts";
import { StartError } from "../start-error.ts";
import type { Declared } from "./declared.ts";
import type { Trouble } from "./sidecar-log.ts";

/** The environment variables behind a secret, for an external server. */
const variables: Readonly<Record<string, string>> = {
  redis: "REDIS_URL",
  rabbitmq: "RABBITMQ_URL",
  jetstream: "NATS_URL",
  kafka: "KAFKA_BROKERS, KAFKA_USERNAME and KAFKA_PASSWORD",
  search: "ELASTICSEARCH_URL",
  media: "S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY",
  "state-db": "DATABASE_URL",
};

const shipped = join(checkout, "components", "resources") + sep;
const longestCause = 300;

interface Cause {
  /** Matches the errors of components and servers. */
  pattern: RegExp;
  remedy: (where: Where) => string;
  /** Applies also to failed subscriptions, which a sidecar retries for ever. */
  lasting?: boolean;
}

interface Where {
  file: string;
  /** One of our files, which the set-up reads; not one from --resources. */
  isShipped: boolean;
  /** The sources of its user and password, and of its address. */
  logIn: string;
  address: string;
}

const holdsLogIn = /password|user|secret|accessKey|token|connectionString|url/i;
const holdsAddress = /host|server|broker|endpoint|address|connectionString|url/i;

// RabbitMQ, NATS, Redis, PostgreSQL, Kafka, S3 and HTTP
const refused =
  /not allowed|ACCESS[-_]REFUSED|Authorization Violation|WRONGPASS|NOAUTH|NOPERM|password authentication failed|SASL|InvalidAccessKeyId|SignatureDoesNotMatch|\b40[13]\b|Unauthenticated/i;

const causes: readonly Cause[] = [
  {
    pattern: /couldn't find /,
    remedy: ({ file }) => `correct spec.type in ${file}, or register the type in dapr/cmd/daprd/components.go`,
  },
  {
    pattern: refused,
    remedy: ({ logIn }) => `correct the user and password in ${logIn}`,
    lasting: true,
  },
  {
    pattern: /no stream matches|stream not found|topic or partition that does not exist/i,
    remedy: ({ file, isShipped }) =>
      isShipped
        ? `add the topic to publishingScopes of ${file}: the set-up creates what is missing from there`
        : `create on its server what ${file} needs: the set-up reads only components/resources`,
    lasting: true,
  },
  {
    pattern: /connection refused|no such host|no servers available|timeout|deadline exceeded|ECONNREFUSED|ENOTFOUND/i,
    remedy: ({ address }) => `start that server, or correct its address in ${address}`,
  },
];

/**
 * One line with the component, the server's error and the fix. Undefined for an error that the sidecar retries and that
 * may go away by itself.
 */
export function remedied(trouble: Trouble, app: string, declared: Declared | undefined): StartError | undefined {
  const cause = causes.find(({ pattern }) => pattern.test(trouble.said));
  if (trouble.retried && !cause?.lasting) return undefined;
  const file = declared ? shown(declared.file) : "its YAML file";
  const isShipped = declared?.file.startsWith(shipped) ?? false;
  const [logIn, address] = [sourceOf(holdsLogIn, file, declared), sourceOf(holdsAddress, file, declared)];
  const remedy = cause?.remedy({ file, isShipped, logIn, address }) ?? `look at ${file}`;
  const type = declared ? ` (${declared.type})` : "";
  return new StartError(`component ${trouble.component}${type} of ${app}: ${cut(trouble.said)}: ${remedy}`);
}

/** The same for an external server, whose address is in the environment variable `variable`. */
export function unusable(server: string, variable: string, error: unknown): StartError {
  const said = reasonOf(error).replace(/\s+/g, " ");
  const remedy = refused.test(said)
    ? `correct the user and password in ${variable}`
    : `start it, or correct ${variable}`;
  return new StartError(`${server} (${variable}) is not usable: ${cut(said)}: ${remedy}`);
}

/** The sources of the settings with these names: the file, secrets or both; all secrets if no name matches. */
function sourceOf(wanted: RegExp, file: string, declared: Declared | undefined): string {
  const { secrets = [], literals = [] } = declared ?? {};
  const inFile = literals.some((name) => wanted.test(name));
  const fitting = secrets.filter(({ setting }) => wanted.test(setting));
  const names = new Set((inFile || fitting.length > 0 ? fitting : secrets).map(({ name }) => name));
  const described = [...names].map((name) =>
    variables[name] ? `${variables[name]} (secret "${name}")` : `secret "${name}"`,
  );
  return (inFile ? [file, ...described] : described).join(" or ") || file;
}

function shown(file: string): string {
  const inside = relative(checkout, file);
  return inside.startsWith("..") ? file : inside;
}

// A driver may list every address that it tried.
const cut = (text: string) => shortened(text, longestCause);
