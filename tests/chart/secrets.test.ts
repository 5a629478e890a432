import { join } from "node:path";
import t from "tap";
import { type Container, containersOf, podsOf } from "./pods.ts";
import { chart, ci, type Manifest, named, ofKind, render, valuesFiles, valuesName } from "./render.ts";

const decode = (manifests: Manifest[], secret: string, key: string) =>
  Buffer.from(named(manifests, "Secret", secret).data[key], "base64").toString();

/** The Secrets in a render's components, processes and volumes. */
function used(manifests: Manifest[]): Set<string> {
  const components = ofKind(manifests, "Component").flatMap((one) => one.spec.metadata ?? []);
  const variables = podsOf(manifests)
    .flatMap(containersOf)
    .flatMap(({ env = [] }: Container) => env);
  const volumes = podsOf(manifests).flatMap(({ spec }) => spec.volumes ?? []);
  const allowed = ofKind(manifests, "Configuration").flatMap(({ spec }) => spec.secrets.scopes[0].allowedSecrets);
  const tokens = podsOf(manifests).flatMap(({ annotations }) => [
    annotations["dapr.io/api-token-secret"],
    annotations["dapr.io/app-token-secret"],
  ]);
  const names = [
    ...components.map((entry) => entry.secretKeyRef?.name),
    ...variables.map((variable) => variable.valueFrom?.secretKeyRef?.name),
    ...volumes.map((volume) => volume.secret?.secretName),
    ...allowed,
    ...tokens,
  ];
  return new Set(names.filter((name): name is string => name !== undefined));
}

/** No development server has these protocols, so these Secrets must exist. */
const given = new Set(["jetstream", "kafka", "media", "currencies"]);

for (const file of valuesFiles) {
  t.test(`in ${valuesName(file)} a sidecar may read only the Secrets that its app needs, each by name`, async (t) => {
    const manifests = await render([file]);
    for (const role of ofKind(manifests, "Role")) {
      for (const { resourceNames, verbs } of role.rules) {
        t.ok(resourceNames.length > 0, `${role.metadata.name} names what it may read`);
        t.notOk(verbs.includes("list") || verbs.includes("watch"));
      }
      if (role.metadata.name.startsWith("sidecart-")) continue;
      const app = role.metadata.name;
      const components = ofKind(manifests, "Component").filter(({ scopes = [] }) => scopes.includes(app));
      const needs = components
        .flatMap(({ spec }) => spec.metadata ?? [])
        .flatMap((entry) => entry.secretKeyRef?.name ?? []);
      const asks = named(manifests, "Configuration", app).spec.secrets.scopes[0].allowedSecrets;
      const may =
        role.rules.find(({ resources }: { resources: string[] }) => resources.includes("secrets"))?.resourceNames ?? [];
      t.same(may, [...new Set([...needs, ...asks])].sort(), app);
    }
  });
}

t.test("with development servers, the release creates every Secret that it uses", async (t) => {
  for (const file of valuesFiles) {
    const manifests = await render([file]);
    const made = new Set(ofKind(manifests, "Secret").map(({ metadata }) => metadata.name));
    if (!made.has("postgres-admin")) continue;
    const missing = [...used(manifests)].filter((name) => !made.has(name) && !given.has(name));
    t.same(missing, [], valuesName(file));
  }
});

t.test(
  "without development servers, it creates tokens and the empty Secret of the signing keys; with generate=false none",
  async (t) => {
    const manifests = await render([join(chart, "values-production.yaml")]);
    const apps = ofKind(manifests, "Configuration").map(({ metadata }) => metadata.name);
    const tokens = apps.flatMap((app) => [`${app}-api-token`, `${app}-app-token`]);
    const made = ofKind(manifests, "Secret").map(({ metadata }) => metadata.name);
    t.same(made.sort(), [...tokens, "accounts-signing-keys"].sort());
    t.same(ofKind(await render([ci("locked-down")]), "Secret"), []);
  },
);

t.test("signing keys and tokens stay: the release never writes the content of their Secrets", async (t) => {
  const manifests = await render([ci("redis")]);
  const filled = ofKind(manifests, "Secret").filter(({ metadata }) => /-keys$|-token$/.test(metadata.name));
  const apps = ofKind(manifests, "Configuration").length;
  t.equal(filled.length, 2 * apps + 1);
  for (const secret of filled) t.notOk("data" in secret || "stringData" in secret, secret.metadata.name);
  const names = filled.map(({ metadata }) => metadata.name).sort();
  const step = ofKind(manifests, "Job")[0]?.spec.template.spec.initContainers.find(
    ({ name }: Container) => name === "tokens",
  );
  t.same(["accounts-signing-keys", ...step.args.slice(1)].sort(), names, "the set-up fills them");
  const [rule] = named(manifests, "Role", "sidecart-set-up").rules;
  t.same([...rule.resourceNames].sort(), names);
});

t.test("the rotation may read and change the signing keys only", async (t) => {
  const manifests = await render([ci("redis")]);
  const { spec } = podsOf(manifests).find(({ owner }) => owner === "CronJob/rotate-signing-keys") ?? {
    spec: undefined,
  };
  const role = named(manifests, "Role", spec?.serviceAccountName ?? "");
  t.same(role.rules, [
    { apiGroups: [""], resources: ["secrets"], resourceNames: ["accounts-signing-keys"], verbs: ["get", "patch"] },
  ]);
});

t.test("with Secrets of your own, the set-up fills no token", async (t) => {
  const manifests = await render([ci("locked-down")]);
  const steps = ofKind(manifests, "Job")[0]?.spec.template.spec.initContainers.map(({ name }: Container) => name);
  t.notOk(steps.includes("tokens"));
  t.same(named(manifests, "Role", "sidecart-set-up").rules[0].resourceNames, ["accounts-signing-keys"]);
});

t.test("a password that occurs twice is the same, and passwords are long and different", async (t) => {
  const manifests = await render([ci("rabbitmq")]);
  const password = decode(manifests, "redis", "password");
  t.match(password, /^[A-Za-z0-9]{32}$/);
  t.not(new URL(decode(manifests, "rate-limits", "url")).password, password);
  t.match(decode(manifests, "redis", "redis.conf"), `requirepass ${password}\n`);
  t.equal(
    new URL(decode(manifests, "rabbitmq", "connectionString")).password,
    decode(manifests, "rabbitmq", "password"),
  );
  t.not(decode(manifests, "rabbitmq", "password"), password);
  const owner = new URL(decode(manifests, "orders-db-owner", "url"));
  const runtime = decode(manifests, "orders-db", "connectionString");
  t.notMatch(runtime, owner.password);
  t.match(runtime, "user=sidecart_orders_app ");
  t.match(runtime, `database=${owner.pathname.slice(1)} `);
});

t.test("no manifest except Secrets contains a secret", async (t) => {
  const manifests = await render([ci("rabbitmq")]);
  const rest = JSON.stringify(manifests.filter(({ kind }) => kind !== "Secret"));
  for (const secret of ofKind(manifests, "Secret")) {
    for (const encoded of Object.values(secret.data ?? {}) as string[]) {
      const text = Buffer.from(encoded, "base64").toString();
      if (text.length > 20 && text !== "admin@sidecart.test") t.notOk(rest.includes(text), secret.metadata.name);
    }
  }
});

t.test("a step of the set-up has only the Secrets that it needs", async (t) => {
  const job = ofKind(await render([ci("kafka")]), "Job")[0]?.spec.template.spec;
  const secrets = Object.fromEntries(
    [...job.initContainers, ...job.containers].map(({ name, env = [], volumeMounts = [] }: Container) => [
      name,
      [
        ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []),
        ...volumeMounts.map((mount) => mount.name),
      ],
    ]),
  );
  t.same(secrets["create-orders-database"], ["postgres-admin", "orders-db-owner", "orders-db"]);
  t.same(secrets["migrate-orders"], ["orders-db-owner"]);
  t.same(secrets["signing-keys"], ["kube-api"]);
  t.same(secrets.tokens, ["kube-api"]);
  t.same(secrets["set-up"], ["secrets", "kafka-secret"]);
});
