import type { Kubectl } from "./kubectl.ts";

/** Asks a service's database, past the service, in the chart's Postgres for development; rows are lines. */
export async function sql({ run }: Kubectl, service: string, query: string): Promise<string> {
  const psql = ["psql", "--username=postgres", `--dbname=sidecart_${service}`, "-At", "--command", query];
  return (await run("exec", "deployment/postgres", "--", ...psql)).trim();
}
