import { mark, type Output } from "./output.ts";
import { type Project, type Service, withDatabase } from "./project.ts";

const folder = "components/resources";

/** The component of each database. */
export function databases(project: Project): Output[] {
  return withDatabase(project).map(({ name }) => ({
    file: `${folder}/base/${name}-db.yaml`,
    lines: [
      `# ${mark}`,
      `# The database of ${name}: one statement a call, as its own role.`,
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

/** What each app may read from the secret store. */
export function secrets({ services }: Project): Output[] {
  return services.map(({ name, secrets = [] }) => ({
    file: `${folder}/config/secrets/${name}.yaml`,
    lines: [
      `# ${mark}`,
      `# What ${name} may read from the secret store.`,
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

/** Who uses the shared components: each choice of one has the same scopes. `files` are all component files there are. */
export function scopes({ services }: Project, files: readonly string[]): Output[] {
  return shared.flatMap((component) =>
    files
      .filter((file) => file.startsWith(`${folder}/${component}/`))
      .map((file) => scopesIn(file, services.filter((service) => service[component]).map(nameOf))),
  );
}

export const scopesIn = (file: string, names: readonly string[]): Output => ({
  file,
  section: "scopes",
  lines: ["scopes:", ...names.map((name) => `  - ${name}`)],
});

/** How long calls and statements may take, for each app that is called and each database. */
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

/** Whether anybody calls it through sidecars: the gateway or another service. */
const isCalled = ({ services }: Project, { name, database, publicServices = [] }: Service) =>
  database || publicServices.length > 0 || services.some(({ calls = {} }) => calls[name]);

const nameOf = ({ name }: Service) => name;
