import { mark, type Output } from "./output.ts";
import type { Project, Service } from "./project.ts";

/** Which apps may call each app, by the identity in the caller's certificate. */
export function access(project: Project): Output[] {
  return project.services.map((service) => ({
    file: `components/resources/config/access/${service.name}.yaml`,
    lines: accessLines(project, service),
  }));
}

function accessLines({ services }: Project, service: Service): string[] {
  const callers = services.map((caller) => ({ caller: caller.name, operations: operationsOf(caller, service) }));
  const policies = callers.filter(({ operations }) => operations.length > 0);
  const head = policies.length > 0 ? `Apps that may call ${service.name}` : `No app calls ${service.name}`;
  return [
    `# ${mark}`,
    `# ${head} through sidecars.`,
    "apiVersion: dapr.io/v1alpha1",
    "kind: Configuration",
    "metadata:",
    `  name: ${service.name}-access`,
    "spec:",
    "  accessControl:",
    "    defaultAction: deny",
    "    trustDomain: public",
    ...(policies.length > 0 ? ["    policies:"] : []),
    ...policies.flatMap(({ caller, operations }) => [
      `      - appId: ${caller}`,
      "        namespace: default",
      "        trustDomain: public",
      "        defaultAction: deny",
      "        operations:",
      ...operations.flatMap((operation) => [`          - name: ${operation}`, "            action: allow"]),
    ]),
  ];
}

/** The methods that one app may call of the other: `/sidecart.orders.v1.OrdersService/*`. */
function operationsOf(caller: Service, { name, database, publicServices = [] }: Service): string[] {
  const called = (caller.calls?.[name] ?? []).map((method) => `/sidecart.${name}.v1.${method}`);
  if (caller.name !== "gateway") return called;
  const published = publicServices.map((one) => `/sidecart.${name}.v1.${one}/*`);
  const operators = database ? ["/sidecart.dead_letter_admin.v1.DeadLetterAdminService/*"] : [];
  return [...published, ...operators, ...called];
}
