import { createServer, type ServerResponse } from "node:http";
import type { Telemetry } from "./telemetry.ts";

export type MetricsServerOptions = {
  telemetry: Pick<Telemetry, "prometheus">;
  host: string;
  port: number;
  /** Whether this process can serve requests. Called for each probe. */
  ready(): boolean | Promise<boolean>;
  /** Why it is not ready, one sentence each, for the body of /readyz. */
  problems?(): readonly string[];
};
export type MetricsServer = { port: number; close(): void };

/**
 * Serves probes and metrics on a port of their own, which users cannot reach: /metrics as Prometheus text, /healthz
 * while the process runs, /readyz while it can serve requests.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { telemetry, host, port, ready, problems = () => [] } = options;
  const answers: Record<string, (response: ServerResponse) => Promise<unknown>> = {
    "/metrics": async (response) => {
      const text = await telemetry.prometheus();
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
    },
    "/healthz": async (response) => response.writeHead(200).end("ok\n"),
    "/readyz": async (response) =>
      (await ready())
        ? response.end("ready\n")
        : response.writeHead(503).end(["not ready", ...problems(), ""].join("\n")),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url?.split("?")[0] ?? ""];
    if (!answer) return void response.writeHead(404).end();
    answer(response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
