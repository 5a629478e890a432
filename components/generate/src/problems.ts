import { callCircleProblems } from "./call-circles.ts";
import { sharedComponents } from "./code.ts";
import { eventProblems } from "./event-problems.ts";
import { clientKey } from "./gateway.ts";
import type { Project, Service } from "./project.ts";

/** The errors in the declarations: one line each, with place and cause. */
export function problemsOf(project: Project): string[] {
  return [
    ...listProblems(project),
    ...project.services.flatMap((service) => [
      ...folderProblems(service),
      ...componentProblems(service),
      ...publicProblems(project, service),
      ...probeProblems(project, service),
      ...callProblems(project, service),
    ]),
    ...callCircleProblems(project),
    ...eventProblems(project),
  ];
}

const declaration = ({ folder }: Pick<Service, "folder">) => `${folder}/service.ts`;

function listProblems({ services, folders }: Project): string[] {
  const names = services.map(({ name }) => name);
  const unlisted = folders.filter((folder) => services.every((service) => service.folder !== folder));
  const twice = names.filter((name, place) => names.indexOf(name) < place);
  const keys = services.flatMap(({ publicServices = [] }) => publicServices.map(clientKey));
  const sameKeys = keys.filter((key, place) => keys.indexOf(key) < place);
  return [
    ...unlisted.map((folder) => `services/index.ts: ${folder} is not listed`),
    ...twice.map((name) => `services/index.ts: two services are called ${name}`),
    ...names
      .filter((name) => !/^[a-z][a-z0-9]*$/.test(name))
      .map((name) => `services/index.ts: "${name}" is not one lower-case word`),
    ...sameKeys.map((key) => `services/index.ts: two public services would be the gateway's client "${key}"`),
  ];
}

function folderProblems({ name, folder, files, database, code }: Service): string[] {
  const lacks = ["package.json", "src/main.ts"].filter((file) => !files.includes(file));
  const where = declaration({ folder });
  return [
    ...lacks.map((file) => `services/index.ts lists ${name}: ${folder}/${file} is missing`),
    ...(database && !files.includes("migrations") ? [`${where}: a database, but ${folder}/migrations is missing`] : []),
    ...(!database && files.includes("migrations") ? [`${where}: no database, but ${folder}/migrations is there`] : []),
    ...code.unused.map((file) => `${file}: nothing in ${folder}/src imports it`),
  ];
}

/** A declared component gives a sidecar keys and connections, so only a service whose code uses it declares it. */
function componentProblems({ folder, code, ...service }: Service): string[] {
  return sharedComponents.flatMap((name) => {
    const where = `${declaration({ folder })}: ${name}`;
    const from = `@sidecart/platform/${name}`;
    if (service[name] && !code.uses.includes(name)) return [`${where} is declared, but nothing imports ${from}`];
    if (!service[name] && code.uses.includes(name)) return [`${where} is not declared, but ${from} is imported`];
    return [];
  });
}

function publicProblems(project: Project, service: Service): string[] {
  return (service.publicServices ?? []).flatMap((name) => {
    const problem = serviceProblem(project, service, name);
    return problem ? [`${declaration(service)}: publicServices: ${problem}`] : [];
  });
}

/** Why others cannot call a gRPC service; undefined if they can. */
function serviceProblem({ rpcServices }: Project, { name, folder, code }: Service, rpcService: string) {
  const found = rpcServices.find((one) => one.service === name && one.name === rpcService);
  if (!found) return `proto/sidecart/${name}/v1 has no service ${rpcService}`;
  if (!code.implements.includes(found.typeName)) return `${folder}/src/rpc.ts does not implement ${rpcService}`;
  return undefined;
}

function probeProblems({ rpcServices }: Project, service: Service): string[] {
  const { name, publicServices = [], probe } = service;
  const where = `${declaration(service)}: probe`;
  if (probe === undefined) return publicServices.length > 0 ? [`${where} is missing: the gateway needs one`] : [];
  const [rpcService = "", method = ""] = probe.split("/");
  if (!publicServices.includes(rpcService)) return [`${where}: ${rpcService} is not among publicServices`];
  const methods = rpcServices.find((one) => one.service === name && one.name === rpcService)?.methods ?? [];
  const found = methods.find((one) => one.name === method);
  if (!found) return [`${where}: ${rpcService} has no method ${method}`];
  const [field] = found.requiredFields;
  return [
    ...(found.changesNothing ? [] : [`${where}: ${probe} is not declared NO_SIDE_EFFECTS in its proto file`]),
    ...(field
      ? [`${where}: the probe's request is empty, but ${probe} has a field that is not optional: ${field}`]
      : []),
  ];
}

function callProblems(project: Project, service: Service): string[] {
  return Object.entries(service.calls ?? {}).flatMap(([name, methods]) => {
    const where = `${declaration(service)}: calls.${name}`;
    const callee = project.services.find((one) => one.name === name);
    if (!callee) return [`${where}: there is no service ${name}`];
    return methods.flatMap((method) => {
      const problem = methodProblem(project, callee, method);
      return problem ? [`${where}: ${problem}`] : [];
    });
  });
}

function methodProblem(project: Project, callee: Service, called: string): string | undefined {
  const [rpcService = "", method = ""] = called.split("/");
  const problem = serviceProblem(project, callee, rpcService);
  if (problem || method === "*") return problem;
  const { methods = [] } =
    project.rpcServices.find((one) => one.service === callee.name && one.name === rpcService) ?? {};
  return methods.some(({ name }) => name === method) ? undefined : `${rpcService} has no method "${method}"`;
}
