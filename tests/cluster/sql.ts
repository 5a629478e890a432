import type { Kubectl } from "./kubectl.ts";

/** Queries a service's database directly in the chart's development Postgres. Returns one line per row. */
export async function sql({ run }: Kubectl, service: string, query: string): Promise<string> {
  const psql = ["psql", "--username=postgres", `--dbname=sidecart_${service}`, "-At", "--command", query];
  return (await run("exec", "deployment/postgres", "--", ...psql)).trim();
}
