import type { RpcService } from "./contracts.ts";
import { mark, type Output } from "./output.ts";
import { type Project, withDatabase } from "./project.ts";

type Client = RpcService & { key: string };

/** The services with dead letters, which operators name in the API. */
export function serviceNames(project: Project): Output[] {
  const names = withDatabase(project).flatMap(({ name }) => [
    '  """',
    `  The service ${name}.`,
    '  """',
    `  ${name.toUpperCase()}`,
  ]);
  const description = ['"""', "A service that keeps dead letters.", '"""'];
  const file = "gateway/src/domains/operations-admin/service-name.graphql";
  return [{ file, lines: [`# ${mark}`, ...description, "enum ServiceName {", ...names, "}"] }];
}

/** The gateway's clients of the services, and its readiness probes. */
export function gatewayServices(project: Project): Output[] {
  const clients = clientsOf(project);
  const admins = withDatabase(project).map(({ name }) => name);
  const lines = [
    `// ${mark}`,
    ...importLines(clients),
    "",
    ...typeLines(clients, admins),
    "",
    ...connectLines(clients, admins),
    "",
    ...calleeLines(clients, admins),
    "",
    ...probeLines(project, clients),
  ];
  return [{ file: "gateway/src/services.ts", lines }];
}

const typeLines = (clients: readonly Client[], admins: readonly string[]): string[] => [
  "/** The gRPC services behind the gateway, by the names of their clients. */",
  "export const contracts = {",
  ...clients.map(({ key, name }) => `  ${key}: ${name},`),
  "};",
  "",
  "/** Their clients, which call through our sidecar and theirs. */",
  "export type Services = {",
  ...clients.map(({ key }) => `  ${key}: RpcClient<typeof contracts.${key}, CallContext>;`),
  "  /** The operators' methods of each service, by app id. */",
  "  deadLetterAdmin: {",
  ...admins.map((name) => `    ${name}: RpcClient<typeof DeadLetterAdminService, CallContext>;`),
  "  };",
  "};",
  "",
  "/** The services with dead letters, which operators name in the API. */",
  'export type ServiceName = keyof Services["deadLetterAdmin"];',
];

const connectLines = (clients: readonly Client[], admins: readonly string[]): string[] => [
  "export function connectServices(sidecar: Sidecar): Services {",
  "  return {",
  ...clients.map(({ key, service }) => `    ${key}: sidecar.service(contracts.${key}, "${service}"),`),
  "    deadLetterAdmin: {",
  ...admins.map((name) => `      ${name}: sidecar.service(DeadLetterAdminService, "${name}"),`),
  "    },",
  "  };",
  "}",
];

const calleeLines = (clients: readonly Client[], admins: readonly string[]): string[] => [
  "/** The methods of each service that the gateway may call. */",
  "export const callees: readonly Callee[] = [",
  ...clients.map(({ service, typeName }) => `  { app: "${service}", operation: "${typeName}/*" },`),
  ...admins.map((name) => `  { app: "${name}", operation: "sidecart.dead_letter_admin.v1.DeadLetterAdminService/*" },`),
  "];",
];

/** The client of `OrdersService` is `orders`. */
export const clientKey = (name: string): string => {
  const short = name.replace(/Service$/, "");
  return short.charAt(0).toLowerCase() + short.slice(1);
};

function clientsOf({ services, rpcServices }: Project): Client[] {
  return services.flatMap(({ name, publicServices = [] }) =>
    publicServices.flatMap((published) =>
      rpcServices
        .filter((one) => one.service === name && one.name === published)
        .map((one) => ({ ...one, key: clientKey(published) })),
    ),
  );
}

function importLines(clients: readonly Client[]): string[] {
  const modules = new Map([["@sidecart/proto/dead_letter_admin/v1/dead_letter_admin", ["DeadLetterAdminService"]]]);
  for (const { module, name } of clients) modules.set(module, [...(modules.get(module) ?? []), name].sort());
  const imports = [...modules].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    'import type { CallContext, Callee, RpcClient, Sidecar } from "@sidecart/platform/rpc";',
    ...imports.map(([module, names]) => `import { ${names.join(", ")} } from "${module}";`),
  ];
}

function probeLines({ services }: Project, clients: readonly Client[]): string[] {
  const probes = services.flatMap(({ name, probe = "" }) => {
    const [published, method] = probe.split("/");
    const client = clients.find((one) => one.service === name && one.name === published);
    const called = client?.methods.find((one) => one.name === method);
    return client && called
      ? [`  ${name}: ({ ${client.key} }, call) => ${client.key}.${called.localName}({}, call),`]
      : [];
  });
  return [
    "/** By service: a call without side effects, which probes whether the service responds. */",
    "export const probes: Record<string, (services: Services, call: CallContext) => Promise<unknown>> = {",
    ...probes,
    "};",
  ];
}
