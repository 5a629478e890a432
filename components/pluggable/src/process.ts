import { join } from "node:path";
import { z } from "zod";
import type { Component, ComponentInstance } from "./component.ts";
import { createLogger } from "./log.ts";
import { withoutSecrets } from "./safe-error.ts";
import { startServer } from "./server.ts";

/** daprd's default for DAPR_COMPONENTS_SOCKETS_FOLDER. */
const defaultFolder = "/tmp/dapr-components-sockets";

const environmentSchema = z.object({
  SIDECART_SOCKET: z.string().min(1).optional(),
  DAPR_COMPONENTS_SOCKETS_FOLDER: z.string().min(1).default(defaultFolder),
  SIDECART_OPTIONS_FOLDER: z.string().min(1).optional(),
  SIDECART_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** Runs a component in this process until SIGTERM or SIGINT. */
export async function runComponent<Options, Instance extends ComponentInstance>(
  component: Component<Options, Instance>,
): Promise<void> {
  const environment = environmentSchema.safeParse(process.env);
  if (!environment.success) {
    const problems = environment.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    fail(problems.join("; "));
  }
  const { SIDECART_SOCKET, DAPR_COMPONENTS_SOCKETS_FOLDER, SIDECART_OPTIONS_FOLDER, SIDECART_LOG_LEVEL } =
    environment.data;
  const socketPath = SIDECART_SOCKET ?? join(DAPR_COMPONENTS_SOCKETS_FOLDER, `${component.name}.sock`);
  const logger = createLogger(component.name, SIDECART_LOG_LEVEL);
  const settings = { component, socketPath, logger, optionsFolder: SIDECART_OPTIONS_FOLDER };
  const server = await startServer(settings).catch((error: Error) => fail(error.message));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      server.stop().then(() => process.exit(0));
    });
  }
}

function fail(message: string): never {
  process.stderr.write(`${withoutSecrets(message)}\n`);
  process.exit(1);
}
