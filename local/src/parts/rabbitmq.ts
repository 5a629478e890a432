import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { connect } from "amqplib";
import type { Instance } from "../instance.ts";
import { inheritedEnvironment } from "../process/environment.ts";
import { findProgram } from "../process/find-program.ts";
import type { ProcessSpec } from "../process/managed-process.ts";
import { answersOk } from "../process/readiness.ts";
import { StartError } from "../start-error.ts";
import { findServer, type Listeners } from "./os-package.ts";

export interface RabbitPorts {
  amqp: number;
  management: number;
  distribution: number;
  epmd: number;
}

export interface LogIn {
  user: string;
  password: string;
}

const loopback = "127.0.0.1";
const answerWithinMs = 5_000;
const advice =
  "install RabbitMQ 3.10 or later (Debian: apt install rabbitmq-server; macOS: brew install rabbitmq) or set RABBITMQ_URL";

/** The installed broker, which root on Debian installs if it is missing, and the port mapper of its Erlang. */
export async function findRabbitServer(listeners: Listeners): Promise<{ broker: string; epmd: string }> {
  // Debian's program on PATH is a wrapper that changes the user.
  const server = { name: "rabbitmq-server", program: "rabbitmq-server", folders: ["/usr/lib/rabbitmq/bin"], advice };
  const broker = await findServer(server, listeners);
  const epmd = findProgram("epmd", { after: ["/usr/lib/erlang/bin", join(dirname(broker), "../../erlang/bin")] });
  if (!epmd) throw new StartError("epmd, which comes with Erlang, is missing: put it on PATH or set RABBITMQ_URL");
  return { broker, epmd };
}

/**
 * Erlang's port mapper, one for each instance. Otherwise Erlang starts a shared one, which listens on all addresses and
 * never stops.
 */
export function epmdProcess(instance: Instance, program: string, { epmd }: RabbitPorts): ProcessSpec {
  return {
    name: "rabbitmq-epmd",
    command: program,
    args: ["-port", String(epmd), "-address", loopback],
    cwd: instance.folder,
    env: inheritedEnvironment(),
    log: join(instance.logs, "rabbitmq-epmd.log"),
  };
}

/** Writes the configuration, which keeps the password off the command line, and returns how to start the broker. */
export async function rabbitProcess(
  instance: Instance,
  program: string,
  ports: RabbitPorts,
  logIn: LogIn,
): Promise<ProcessSpec> {
  const folder = join(instance.folder, "rabbitmq");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [config, plugins] = [join(folder, "rabbitmq.conf"), join(folder, "enabled_plugins")];
  await writeFile(config, configuration(ports, logIn), { mode: 0o600 });
  await writeFile(plugins, "[rabbitmq_management].\n");
  return {
    name: "rabbitmq",
    command: program,
    args: [],
    cwd: folder,
    env: {
      ...inheritedEnvironment(),
      HOME: folder, // Erlang's cookie
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: loopback,
      RABBITMQ_CONF_ENV_FILE: join(folder, "rabbitmq-env.conf"), // instead of the machine's
      RABBITMQ_NODENAME: "sidecart@localhost",
      RABBITMQ_DIST_PORT: String(ports.distribution),
      RABBITMQ_CONFIG_FILE: config,
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_LOGS: "-",
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangFlags,
      // The script then replaces itself by the broker instead of waiting for it.
      RUNNING_UNDER_SYSTEMD: "1",
    },
    log: join(instance.logs, "rabbitmq.log"),
  };
}

// Schedulers that do not spin while idle. The broker stops within a second, but its management plugin takes five more:
// the last flag shortens that.
const erlangFlags = [
  "-kernel inet_dist_use_interface {127,0,0,1}",
  "+sbwt none +sbwtdcpu none +sbwtdio none",
  "-shutdown_time 3000",
].join(" ");

// This user replaces `guest`; the broker creates it together with its data.
function configuration({ amqp, management }: RabbitPorts, { user, password }: LogIn): string {
  return `listeners.tcp.1 = ${loopback}:${amqp}
management.tcp.ip = ${loopback}
management.tcp.port = ${management}
default_user = ${user}
default_pass = ${password}
log.console = true
log.console.level = warning
log.file = false
`;
}

/** True if the broker accepts the log-in, over AMQP and in its management API. */
export async function rabbitAnswers(url: string, managementUrl: string): Promise<boolean> {
  const { username, password, origin } = new URL(managementUrl);
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  await answersOk(`${origin}/api/whoami`, { authorization: `Basic ${basic}` });
  await tryLogIn(url);
  return true;
}

/** Logs in over AMQP and disconnects; throws the broker's error. */
export async function tryLogIn(url: string): Promise<void> {
  const connection = await connect(url, { timeout: answerWithinMs });
  await connection.close();
}
