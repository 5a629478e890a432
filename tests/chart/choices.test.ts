import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parse } from "yaml";
import { type Container, containersOf, podsOf } from "./pods.ts";
import { chart, ci, type Manifest, named, ofKind, render, valuesFiles, valuesName } from "./render.ts";

/** The purpose of each values file. Besides them the chart is rendered with the base and the production values. */
const purposes: Record<string, (t: Test, manifests: Manifest[]) => Promise<void> | void> = {
  async elasticsearch(t, manifests) {
    await hasComponent(t, manifests, "search/elasticsearch/search.yaml");
    t.match(deployment(manifests, "elasticsearch").containers, [{ name: "elasticsearch" }]);
    t.equal(decoded(manifests, "search", "url"), "http://elasticsearch:9200");
    t.notOk(volumesOf(manifests, "catalog").includes("search"), "the index is not in the pod");
  },

  ingress(t, manifests) {
    const { metadata, spec } = named(manifests, "Ingress", "gateway");
    t.match(metadata.annotations, { "nginx.ingress.kubernetes.io/proxy-body-size": "4m" });
    t.match(spec, { ingressClassName: "nginx", tls: [{ secretName: "shop-tls", hosts: ["shop.example.com"] }] });
    t.match(spec.rules, [{ host: "shop.example.com", http: { paths: [{ path: "/" }] } }]);
    t.match(named(manifests, "HTTPRoute", "gateway").spec, {
      hostnames: ["shop.example.com"],
      parentRefs: [{ name: "public", namespace: "gateways", sectionName: "https" }],
      rules: [{ backendRefs: [{ name: "gateway", port: 80 }] }],
    });
  },

  async jetstream(t, manifests) {
    await hasBroker(t, manifests, "jetstream");
    t.strictSame(optionsOfSetUp(manifests), ["--replicas=3", "--retention-hours=48"]);
  },

  async kafka(t, manifests) {
    await hasBroker(t, manifests, "kafka");
    t.strictSame(optionsOfSetUp(manifests), ["--partitions=16"]);
  },

  async rabbitmq(t, manifests) {
    await hasBroker(t, manifests, "rabbitmq");
    t.strictSame(optionsOfSetUp(manifests), []);
    t.match(named(manifests, "Service", "rabbitmq").spec.ports, [{ port: 5672 }, { port: 15672 }]);
    t.match(decoded(manifests, "rabbitmq", "connectionString"), /^amqp:\/\/[^@]+@rabbitmq:5672/);
    t.match(decoded(manifests, "rabbitmq", "managementUrl"), /^http:\/\/[^@]+@rabbitmq:15672/);
  },

  async "keda-kafka"(t, manifests) {
    await hasBroker(t, manifests, "kafka");
    t.strictSame(names(manifests, "ScaledObject"), services(manifests));
    t.strictSame(names(manifests, "HorizontalPodAutoscaler"), []);
    scalesWithWhatItHears(t, manifests, ({ topic, consumerGroup }) => `${consumerGroup} ${topic}`);
    for (const { spec } of ofKind(manifests, "ScaledObject"))
      for (const { metadata } of triggers(spec, "kafka")) t.equal(metadata.bootstrapServers, "kafka:9092");
    t.match(named(manifests, "Secret", "sidecart-keda").stringData, { sasl: "plaintext", tls: "enable" });
    t.strictSame(authentication(manifests), {
      ca: "kafka caCert",
      password: "kafka saslPassword",
      username: "kafka saslUsername",
      sasl: "sidecart-keda sasl",
      tls: "sidecart-keda tls",
    });
  },

  async keda(t, manifests) {
    await hasBroker(t, manifests, "rabbitmq");
    const byEvents = services(manifests).filter((app) => app !== "gateway");
    t.strictSame(names(manifests, "ScaledObject"), byEvents);
    t.strictSame(names(manifests, "HorizontalPodAutoscaler"), ["gateway"], "no service has two scalers");
    t.match(named(manifests, "HorizontalPodAutoscaler", "gateway").spec, {
      minReplicas: 1,
      scaleTargetRef: { kind: "Deployment", name: "gateway" },
    });
    scalesWithWhatItHears(t, manifests, ({ queueName = "" }) => queueName.replace("-", " "));
    t.strictSame(authentication(manifests), { host: "rabbitmq connectionString" });
  },

  async "locked-down"(t, manifests) {
    t.strictSame(names(manifests, "Secret"), []);
    t.strictSame(names(manifests, "PersistentVolumeClaim"), []);
    t.strictSame(names(manifests, "Deployment"), services(manifests), "no server of the release's own");
    await hasBroker(t, manifests, "kafka");
    for (const [component, choice] of Object.entries({ state: "postgresql", search: "elasticsearch", media: "s3" }))
      await hasComponent(t, manifests, `${component}/${choice}/${component}.yaml`);
    for (const pod of podsOf(manifests)) {
      const { imagePullSecrets, priorityClassName, securityContext } = pod.spec as Manifest["spec"];
      t.match(imagePullSecrets, [{ name: "registry" }], pod.owner);
      for (const id of ["runAsUser", "runAsGroup", "fsGroup"]) t.notOk(id in securityContext, `${pod.owner} ${id}`);
      if (pod.owner.startsWith("Deployment/")) t.equal(priorityClassName, "shop", pod.owner);
      for (const container of containersOf(pod)) {
        t.match(container.image, /^registry\.example\.com\/sidecart\/[a-z-]+:1\.2\.3$/, pod.owner);
        t.match(container, { imagePullPolicy: "Always" }, pod.owner);
      }
    }
    t.equal(named(manifests, "CronJob", "rotate-signing-keys").spec.suspend, true);
    const databases = [...databasesOf(manifests), "state"];
    t.strictSame(stepsOfSetUp(manifests, /^create-(.*)-database$/), databases, "setUp.createDatabases");
  },

  monitoring(t, manifests) {
    for (const kind of ["ServiceMonitor", "PrometheusRule"])
      t.match(named(manifests, kind, "sidecart").metadata.labels, { release: "prometheus" });
    t.strictSame(names(manifests, "PodMonitor"), []);
    t.match(named(manifests, "Service", "sidecart-metrics").spec, { clusterIP: "None" });
    for (const app of services(manifests)) {
      const otel = { endpointAddress: "collector.monitoring:4318", protocol: "http", isSecure: false };
      t.match(named(manifests, "Configuration", app).spec.tracing, { samplingRate: "0.1", otel }, app);
      const own = deployment(manifests, app).containers.find(({ name }) => name === app);
      const variables = Object.fromEntries((own?.env ?? []).map(({ name, value }) => [name, value]));
      t.match(variables, {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.monitoring:4318",
        SIDECART_TRACE_RATIO: "0.1",
      });
    }
  },

  "new-service"(t, manifests) {
    const kinds = manifests.filter(({ metadata }) => metadata.name === "carts").map(({ kind }) => kind);
    t.same(kinds.sort(), ["Configuration", "Deployment", "NetworkPolicy", "Role", "RoleBinding", "ServiceAccount"]);
    t.match(named(manifests, "Deployment", "carts").spec, { replicas: 2 });
    t.match(named(manifests, "Configuration", "carts").spec, {
      accessControl: { defaultAction: "deny", policies: undefined },
      secrets: { scopes: [{ defaultAccess: "deny", allowedSecrets: [] }] },
    });
    t.same(
      named(manifests, "Role", "carts").rules[0].resourceNames,
      ["currencies"],
      "it reads what its component names",
    );
    t.same(named(manifests, "Component", "currencies").scopes, ["carts"]);
    const [, component] = deployment(manifests, "carts").initContainers ?? [];
    t.match(component, { name: "component-currencies", restartPolicy: "Always" }, "its component runs beside it");
    for (const token of ["carts-api-token", "carts-app-token"]) t.ok(named(manifests, "Secret", token));
  },

  persistent(t, manifests) {
    const claim = (name: string) => named(manifests, "PersistentVolumeClaim", `sidecart-${name}`);
    t.match(claim("redis").spec, { storageClassName: "standard", accessModes: ["ReadWriteOnce"] });
    t.match(claim("media").spec, { storageClassName: "shared", accessModes: ["ReadWriteMany"] });
    t.match(claim("media").metadata.annotations, { "helm.sh/resource-policy": "keep" });
    t.notOk(claim("search").metadata.annotations, "only what says so is kept");
    for (const server of ["postgres", "redis", "rabbitmq"])
      t.strictSame(claimsOf(manifests, server), [`sidecart-${server}`]);
    t.strictSame(claimsOf(manifests, "catalog"), ["sidecart-media", "sidecart-search"]);
  },

  async "postgresql-state"(t, manifests) {
    await hasComponent(t, manifests, "state/postgresql/state.yaml");
    t.match(decoded(manifests, "state-db", "connectionString"), /postgres/);
    t.strictSame(stepsOfSetUp(manifests, /^create-(state)-database$/), ["state"]);
  },

  async s3(t, manifests) {
    await hasComponent(t, manifests, "media/s3/media.yaml");
    t.strictSame(names(manifests, "PersistentVolumeClaim"), []);
    for (const app of named(manifests, "Component", "media").scopes)
      t.notOk(volumesOf(manifests, app).includes("media"), app);
    t.ok(componentsOfSetUp(manifests).includes("components/resources/media/s3/media.yaml"), "it makes the bucket");
    t.ok(volumesOf(manifests, "sidecart-set-up-1", "Job").includes("media-secret"));
  },

  kind(t, manifests) {
    t.match(named(manifests, "Service", "gateway").spec, { type: "NodePort", ports: [{ nodePort: 30080 }] });
  },
};

t.test("a shared component is only for services that use it, with its Secrets, volumes and set-up", async (t) => {
  const of = async (sets: string[]) => {
    const manifests = await render([ci("redis")], ["state=postgresql", "media=s3", ...sets]);
    const found = ofKind(manifests, "Component").filter(({ metadata }) => /^(state|media)$/.test(metadata.name));
    return {
      components: found.map(({ metadata, scopes }) => `${metadata.name}: ${scopes.join()}`).sort(),
      database: stepsOfSetUp(manifests, /^create-(state)-database$/).length,
      bucket: componentsOfSetUp(manifests).filter((file) => file.includes("/media/")).length,
      readers: ofKind(manifests, "Role")
        .filter(({ rules }) => rules[0].resourceNames.some((name: string) => /^(media|state-db)$/.test(name)))
        .map(({ metadata }) => metadata.name),
    };
  };
  t.same(await of([]), { components: [], database: 0, bucket: 0, readers: [] });
  t.same(await of(["services.orders.state=true", "services.catalog.media=true"]), {
    components: ["media: catalog", "state: orders"],
    database: 1,
    bucket: 1,
    readers: ["catalog", "orders"],
  });
  t.same(names(await render([ci("redis")]), "PersistentVolumeClaim"), [], "no claim that nobody mounts");
});

for (const file of valuesFiles) {
  const purpose = purposes[valuesName(file)];
  if (purpose) t.test(`${valuesName(file)} does what it is for`, async (t) => purpose(t, await render([file])));
}

t.test("every values file has a test here or a golden render", async (t) => {
  const kept = (await readdir(join(import.meta.dirname, "golden"))).map((file) => file.replace(/\.yaml$/, ""));
  t.strictSame([...Object.keys(purposes), ...kept].sort(), valuesFiles.map(valuesName).sort());
});

const names = (manifests: Manifest[], kind: string) =>
  ofKind(manifests, kind)
    .map(({ metadata }) => metadata.name)
    .sort();
/** The workloads with a sidecar. */
const services = (manifests: Manifest[]) => names(manifests, "Configuration");
const decoded = (manifests: Manifest[], secret: string, key: string) =>
  Buffer.from(named(manifests, "Secret", secret).data[key], "base64").toString();

function podOf(manifests: Manifest[], kind: string, name: string) {
  const pod = podsOf(manifests).find(({ owner }) => owner === `${kind}/${name}`);
  if (!pod) throw new Error(`there is no ${kind} ${name}`);
  return pod.spec;
}
const deployment = (manifests: Manifest[], name: string) => podOf(manifests, "Deployment", name);
const volumesOf = (manifests: Manifest[], name: string, kind = "Deployment") =>
  (podOf(manifests, kind, name).volumes ?? []).map((volume) => volume.name);
const claimsOf = (manifests: Manifest[], name: string) =>
  (deployment(manifests, name).volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []).sort();

/** The release has the component of this file, with all its Secrets. */
async function hasComponent(t: Test, manifests: Manifest[], file: string): Promise<void> {
  const wanted = parse(await readFile(join(chart, "resources", file), "utf8"));
  const { spec, scopes, auth } = named(manifests, "Component", wanted.metadata.name);
  t.same({ spec, auth }, { spec: wanted.spec, auth: wanted.auth }, file);
  // The file names the services that declare the component; the values may add others.
  const declared = wanted.scopes.filter((app: string) => app !== "nobody");
  t.same(
    declared.filter((app: string) => !scopes.includes(app)),
    [],
    file,
  );
  t.ok(scopes.length > 0, file);
}

/** Both pub/sub components are this broker's; the set-up creates what they need and reads its Secret. */
async function hasBroker(t: Test, manifests: Manifest[], broker: string): Promise<void> {
  for (const name of ["pubsub", "broadcast"]) {
    await hasComponent(t, manifests, `broker/${broker}/${name}.yaml`);
    const file = `components/resources/broker/${broker}/${name}.yaml`;
    t.ok(componentsOfSetUp(manifests).includes(file), `the set-up has ${file}`);
    for (const app of named(manifests, "Component", name).scopes)
      t.ok(named(manifests, "Role", app).rules[0].resourceNames.includes(broker), `${app} may read the Secret`);
  }
  t.ok(volumesOf(manifests, "sidecart-set-up-1", "Job").includes(`${broker}-secret`));
}

const setUp = (manifests: Manifest[]) => podOf(manifests, "Job", "sidecart-set-up-1");
const argsOfSetUp = (manifests: Manifest[]) => setUp(manifests).containers.flatMap(({ args = [] }) => args.slice(1));
const componentsOfSetUp = (manifests: Manifest[]) =>
  argsOfSetUp(manifests).flatMap((arg) => arg.match(/^--component=(.*)/)?.[1] ?? []);
const optionsOfSetUp = (manifests: Manifest[]) =>
  argsOfSetUp(manifests).filter((arg) => !/^--(component|secrets)=/.test(arg));
/** The objects in the names of the matching steps. */
const stepsOfSetUp = (manifests: Manifest[], name: RegExp) =>
  (setUp(manifests).initContainers ?? []).flatMap((step: Container) => step.name.match(name)?.[1] ?? []);
const databasesOf = (manifests: Manifest[]) =>
  names(manifests, "Component").flatMap((name) => name.match(/^(.*)-db$/)?.[1] ?? []);

type Trigger = { type: string; metadata: Record<string, string>; authenticationRef?: { name: string } };
const triggers = ({ triggers }: { triggers: Trigger[] }, type: string) => triggers.filter((one) => one.type === type);

/** Each scaled service scales by every topic that it may hear, except its dead letters, which wait for operators. */
function scalesWithWhatItHears(t: Test, manifests: Manifest[], heard: (trigger: Trigger["metadata"]) => string): void {
  const { type, metadata } = named(manifests, "Component", "pubsub").spec;
  const scopes: string = metadata.find(({ name }: { name: string }) => name === "subscriptionScopes").value;
  const topics = Object.fromEntries(
    scopes.split(";").map((one) => {
      const [app = "", list = ""] = one.trim().split("=");
      return [app, list.split(",").map((topic) => topic.trim())];
    }),
  );
  for (const { metadata, spec } of ofKind(manifests, "ScaledObject")) {
    const app = metadata.name;
    const wanted = (topics[app] ?? []).filter((topic) => topic && topic !== `${app}.dead-letters.v1`);
    const watched = triggers(spec, type.replace("pubsub.", ""));
    t.strictSame(
      watched.map((trigger) => heard(trigger.metadata)).sort(),
      wanted.map((topic) => `${app} ${topic}`).sort(),
    );
    for (const { authenticationRef } of watched) t.match(authenticationRef, { name: "sidecart-broker" }, app);
    t.match(triggers(spec, "cpu"), [{ metricType: "Utilization" }], `${app}, by its processor too`);
    t.equal(spec.scaleTargetRef.name, app);
  }
}

/** The Secret and key of each of KEDA's parameters for the broker. */
const authentication = (manifests: Manifest[]) => {
  type Target = { parameter: string; name: string; key: string };
  const targets: Target[] = named(manifests, "TriggerAuthentication", "sidecart-broker").spec.secretTargetRef;
  return Object.fromEntries(targets.map(({ parameter, name, key }) => [parameter, `${name} ${key}`]));
};
