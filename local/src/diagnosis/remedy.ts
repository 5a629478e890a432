import { join, relative, sep } from "node:path";
import { checkout } from "../instance.ts";
import { reasonOf } from "../process/reason.ts";
import { shortened } from "../screen/shortened.ts";
import { StartError } from "../start-error.ts";
import type { Declared } from "./declared.ts";
import type { Trouble } from "./sidecar-log.ts";

/** What the secrets are made of when the server is not ours. */
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
  /** In what components and servers say. */
  pattern: RegExp;
  remedy: (where: Where) => string;
  /** Also when a subscription fails, which a sidecar would try again and again. */
  lasting?: boolean;
}

interface Where {
  file: string;
  /** One of ours, which the set-up reads; not of a folder that was given with --resources. */
  isShipped: boolean;
  /** Where its user and password come from, and where its address does. */
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
        ? `name the topic in publishingScopes of ${file}, from which the set-up makes what is missing`
        : `make on its server what ${file} needs: the set-up makes only what components/resources names`,
    lasting: true,
  },
  {
    pattern: /connection refused|no such host|no servers available|timeout|deadline exceeded|ECONNREFUSED|ENOTFOUND/i,
    remedy: ({ address }) => `start that server, or correct its address in ${address}`,
  },
];

/**
 * One line: the component, the cause in its server's words, and what to do about it. Undefined for what a sidecar tries
 * again and may get over by itself.
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

/** The same for a server of somebody else's: `server` says which, `variable` where its address comes from. */
export function unusable(server: string, variable: string, error: unknown): StartError {
  const said = reasonOf(error).replace(/\s+/g, " ");
  const remedy = refused.test(said)
    ? `correct the user and password in ${variable}`
    : `start it, or correct ${variable}`;
  return new StartError(`${server} (${variable}) cannot be used: ${cut(said)}: ${remedy}`);
}

/** Where the settings of such names come from: the file, secrets, or both; all its secrets when no name says so. */
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

// A driver may tell of every address that it has tried.
const cut = (text: string) => shortened(text, longestCause);
