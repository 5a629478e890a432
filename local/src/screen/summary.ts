import { relative } from "node:path";
import { styleText } from "node:util";
import type { Launched } from "../launch.ts";
import { people, samplePassword } from "../seed/people.ts";

/** The addresses and log-ins, which `npm start` prints when the system is ready. */
export function summary(system: Launched, readyMs: number, seeded: boolean): string {
  const [url = system.gatewayUrl, ...others] = system.gatewayUrls.map((at) => at.replace("127.0.0.1", "localhost"));
  const places: [string, string][] = [
    ["GraphQL", `${url}/graphql`],
    ["GraphiQL", `${url}/graphiql`],
    ...others.map((other): [string, string] => ["replica", `${other}/graphql`]),
    ["Readiness", `${url}/readyz`],
    ["Metrics", `${url}/metrics`],
    ["Logs", `${relative(process.cwd(), system.instanceDir) || "."}/logs`],
  ];
  // The accounts service creates the admin; the sample data have the other accounts.
  const logIns = people.filter(({ shown, role }) => shown && (seeded || role === "admin"));
  return [
    "",
    styleText("bold", `Sidecart is ready (${(readyMs / 1000).toFixed(1)} s). Ctrl-C stops it.`),
    "",
    ...places.map(([what, where]) => row(what, where)),
    "",
    ...logIns.map(({ role, email }) => row(role, `${email.padEnd(24)} ${samplePassword}`)),
    "",
    "",
  ].join("\n");
}

function row(left: string, right: string): string {
  return `  ${styleText("cyan", left.padEnd(10))} ${right}`;
}
