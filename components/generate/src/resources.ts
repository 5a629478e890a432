import { mark, type Output } from "./output.ts";
import { type Project, type Service, withDatabase } from "./project.ts";

const folder = "components/resources";

/** One component for each database. */
export function databases(project: Project): Output[] {
  return withDatabase(project).map(({ name }) => ({
    file: `${folder}/base/${name}-db.yaml`,
    lines: [
      `# ${mark}`,
      `# The database of ${name}. Each call runs one statement, with the service's own role.`,
      "apiVersion: dapr.io/v1alpha1",
      "kind: Component",
      "metadata:",
      `  name: ${name}-db`,
      "spec:",
      "  type: bindings.postgresql",
      "  version: v1",
      "  metadata:",
      "    - name: connectionString",
      "      secretKeyRef:",
      `        name: ${name}-db`,
      "        key: connectionString",
      "auth:",
      "  secretStore: secrets",
      "scopes:",
      `  - ${name}`,
    ],
  }));
}

/** The secrets that each app may read. */
export function secrets({ services }: Project): Output[] {
  return services.map(({ name, secrets = [] }) => ({
    file: `${folder}/config/secrets/${name}.yaml`,
    lines: [
      `# ${mark}`,
      `# Secrets that ${name} may read.`,
      "apiVersion: dapr.io/v1alpha1",
      "kind: Configuration",
      "metadata:",
      `  name: ${name}-secrets`,
      "spec:",
      "  secrets:",
      "    scopes:",
      "      - storeName: secrets",
      "        defaultAccess: deny",
      `        allowedSecrets: [${secrets.join(", ")}]`,
    ],
  }));
}

const shared = ["state", "media", "search"] as const;

/**
 * The apps that use each shared component; all choices of a component have the same scopes. `files`: all component
 * files.
 */
export function scopes({ services }: Project, files: readonly string[]): Output[] {
  return shared.flatMap((component) =>
    files
      .filter((file) => file.startsWith(`${folder}/${component}/`))
      .map((file) => scopesIn(file, services.filter((service) => service[component]).map(nameOf))),
  );
}

/**
 * Without scopes a component is for every app, so a component that no app uses has the scope `nobody`. No service can have
 * this name.
 */
export const scopesIn = (file: string, names: readonly string[]): Output => ({
  file,
  section: "scopes",
  lines: ["scopes:", ...(names.length > 0 ? names : ["nobody"]).map((name) => `  - ${name}`)],
});

/** The timeouts of calls and statements, for each app that is called and each database. */
export function resiliency(project: Project): Output[] {
  const file = `${folder}/base/resiliency.yaml`;
  const callable = project.services.filter((service) => isCalled(project, service));
  return [
    { file, section: "apps", lines: callable.map(({ name }) => `${name}: {timeout: call}`) },
    {
      file,
      section: "databases",
      lines: withDatabase(project).map(({ name }) => `${name}-db: {outbound: {timeout: statement}}`),
    },
    scopesIn(file, project.services.map(nameOf)),
  ];
}

/** Whether the gateway or another service calls it through sidecars. */
const isCalled = ({ services }: Project, { name, database, publicServices = [] }: Service) =>
  database || publicServices.length > 0 || services.some(({ calls = {} }) => calls[name]);

const nameOf = ({ name }: Service) => name;
