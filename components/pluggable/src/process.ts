import { join } from "node:path";
import { destination, pino } from "pino";
import { z } from "zod";
import type { OutputBinding } from "./output-binding.ts";
import { startBindingServer } from "./server.ts";

/** Where daprd looks for component sockets when DAPR_COMPONENTS_SOCKETS_FOLDER is not set. */
const defaultFolder = "/tmp/dapr-components-sockets";

const environmentSchema = z.object({
  SIDECART_SOCKET: z.string().min(1).optional(),
  DAPR_COMPONENTS_SOCKETS_FOLDER: z.string().min(1).default(defaultFolder),
  SIDECART_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** Runs a binding as a process of its own until SIGTERM or SIGINT. */
export async function runBinding<Options>(binding: OutputBinding<Options>): Promise<void> {
  const environment = environmentSchema.safeParse(process.env);
  if (!environment.success) {
    const problems = environment.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    fail(problems.join("; "));
  }
  const { SIDECART_SOCKET, DAPR_COMPONENTS_SOCKETS_FOLDER, SIDECART_LOG_LEVEL } = environment.data;
  const socketPath = SIDECART_SOCKET ?? join(DAPR_COMPONENTS_SOCKETS_FOLDER, `${binding.name}.sock`);
  const logger = pino({ name: binding.name, level: SIDECART_LOG_LEVEL }, destination({ fd: 2, sync: true }));
  const server = await startBindingServer({ binding, socketPath, logger }).catch((error: Error) => fail(error.message));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      server.stop().then(() => process.exit(0));
    });
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
