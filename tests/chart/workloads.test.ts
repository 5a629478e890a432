import { stopLimits, stopMs } from "@sidecart/platform/run";
import type { ServiceDeclaration } from "@sidecart/platform/service";
import t, { type Test } from "tap";
import { services } from "../../services/index.ts";
import { type Container, containersOf, type Pod, podsOf } from "./pods.ts";
import { ci, type Manifest, named, ofKind, render, valuesFiles, valuesName } from "./render.ts";

const kubeFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
const labels = (pod: Pod, wanted: Record<string, string>) =>
  Object.entries(wanted).every(([name, value]) => pod.labels[name] === value);

/** The containers that may call the Kubernetes API, by name. */
const asksKubernetes = /^(wait-for-set-up|signing-keys|tokens)$/;

for (const file of valuesFiles) {
  t.test(`in ${valuesName(file)}`, async (t) => {
    const manifests = await render([file]);
    const pods = podsOf(manifests);
    containerTests(t, pods);
    namingTests(t, manifests, pods);
  });
}

function containerTests(t: Test, pods: Pod[]): void {
  t.test("only containers that call the Kubernetes API have a service account's token", async (t) => {
    for (const pod of pods) {
      t.equal(pod.spec.automountServiceAccountToken, false, pod.owner);
      for (const container of containersOf(pod)) {
        const volumes = container.volumeMounts?.map(({ name }) => name) ?? [];
        t.equal(volumes.includes("kube-api"), asksKubernetes.test(container.name), `${pod.owner} ${container.name}`);
      }
      const { annotations } = pod;
      if (annotations["dapr.io/enabled"]) t.equal(annotations["dapr.io/volume-mounts"], `kube-api:${kubeFolder}`);
    }
  });

  t.test("every container has requests and a memory limit", async (t) => {
    for (const pod of pods) {
      for (const { name, resources } of containersOf(pod)) {
        t.ok(resources?.requests?.memory && resources.requests.cpu && resources.limits?.memory, `${pod.owner} ${name}`);
      }
      if (!pod.annotations["dapr.io/enabled"]) continue;
      for (const what of ["cpu-request", "memory-request", "memory-limit"]) {
        t.ok(pod.annotations[`dapr.io/sidecar-${what}`], `${pod.owner} sidecar ${what}`);
      }
    }
  });

  t.test("every mount has its volume, and every writable folder is a mount", async (t) => {
    for (const pod of pods) {
      const volumes = new Set(pod.spec.volumes?.map(({ name }) => name));
      for (const { name, volumeMounts = [] } of containersOf(pod)) {
        for (const mount of volumeMounts) t.ok(volumes.has(mount.name), `${pod.owner} ${name} ${mount.name}`);
      }
      for (const kind of ["volume-mounts", "volume-mounts-rw"]) {
        for (const one of (pod.annotations[`dapr.io/${kind}`] ?? "").split(",").filter(Boolean)) {
          t.ok(volumes.has(one.split(":")[0] ?? ""), `${pod.owner} sidecar ${one}`);
        }
      }
    }
  });
}

function namingTests(t: Test, manifests: Manifest[], pods: Pod[]): void {
  t.test("every Service selects pods that have its ports", async (t) => {
    for (const service of ofKind(manifests, "Service")) {
      const found = pods.filter((pod) => labels(pod, service.spec.selector));
      t.ok(found.length > 0, service.metadata.name);
      for (const pod of found) {
        const ports = namedPorts(pod);
        for (const { targetPort } of service.spec.ports) t.ok(ports.has(targetPort), `${pod.owner} ${targetPort}`);
      }
    }
  });

  t.test("names are unique, and references exist", async (t) => {
    const names = manifests.map((one) => `${one.apiVersion} ${one.kind} ${one.metadata.name}`);
    t.same(names, [...new Set(names)]);
    for (const pod of pods) {
      const { serviceAccountName } = pod.spec;
      if (serviceAccountName) t.ok(named(manifests, "ServiceAccount", serviceAccountName), pod.owner);
      const config = pod.annotations["dapr.io/config"];
      if (config) t.ok(named(manifests, "Configuration", config), pod.owner);
    }
    for (const one of manifests) t.equal(one.metadata.namespace, "shop", `${one.kind} ${one.metadata.name}`);
  });

  t.test("no image has the tag latest or a wrong pull policy", async (t) => {
    for (const pod of pods) {
      for (const { name, image } of containersOf(pod)) t.match(image, /:(?!latest$)[^:/]+$/, `${pod.owner} ${name}`);
    }
  });
}

function namedPorts(pod: Pod): Set<string> {
  const own = pod.spec.containers.flatMap(
    (container: Container & { ports?: { name: string }[] }) => container.ports ?? [],
  );
  return new Set([...own.map(({ name }) => name), ...(pod.annotations["dapr.io/enabled"] ? ["dapr-metrics"] : [])]);
}

const deployment = (manifests: Manifest[], name: string) => named(manifests, "Deployment", name).spec.template;

t.test("the grace period covers the pause, the drain, requests in progress and the sidecar", async (t) => {
  const manifests = await render(
    [ci("redis")],
    ["serviceDefaults.drainDelayMs=4200", "dapr.gracefulShutdownSeconds=7", "serviceDefaults.preStopSeconds=9"],
  );
  t.equal(deployment(manifests, "orders").spec.terminationGracePeriodSeconds, 9 + 5 + 20 + 7 + 5);
  const gateway = deployment(manifests, "gateway").spec;
  t.equal(gateway.terminationGracePeriodSeconds, 5 + 5 + 20 + 7 + 5);
  t.same(gateway.containers[0].lifecycle, { preStop: { sleep: { seconds: 5 } } });
  const catalog = deployment(manifests, "catalog").spec;
  t.notOk(catalog.containers[0].lifecycle, "its successor waits for the only one to end");
});

t.test("every service has the time that its steps of a stop may take", async (t) => {
  const manifests = await render(
    [ci("redis")],
    ["serviceDefaults.drainDelayMs=0", "dapr.gracefulShutdownSeconds=7", "serviceDefaults.preStopSeconds=0"],
  );
  for (const { name, http = false } of services as readonly ServiceDeclaration[]) {
    const { terminationGracePeriodSeconds: granted, containers } = deployment(manifests, name).spec;
    const preStop = containers[0].lifecycle?.preStop.sleep.seconds ?? 0;
    const steps = Object.values(stopLimits(http)).reduce((sum, ms) => sum + ms);
    t.ok(steps <= stopMs, `${name}: the steps fit into a stop`);
    t.ok(preStop + stopMs / 1000 + 7 <= granted, `${name}: a stop fits into ${granted} s`);
  }
});

t.test("the sidecar has the same settings as under npm start", async (t) => {
  const { annotations } = deployment(await render([ci("redis")]), "orders").metadata;
  t.match(annotations, {
    "dapr.io/app-protocol": "grpc",
    "dapr.io/enable-app-health-check": "true",
    "dapr.io/app-health-probe-interval": "1",
    "dapr.io/max-body-size": "4Mi",
    "dapr.io/enable-native-sidecar": "true",
    "dapr.io/disable-builtin-k8s-secret-store": "true",
    "dapr.io/placement-host-address": "",
    "dapr.io/scheduler-host-address": "",
  });
  const actors = deployment(await render([ci("redis")], ["services.orders.actors=true"]), "orders").metadata
    .annotations;
  t.notOk("dapr.io/placement-host-address" in actors, "an app with actors uses placement");
});

t.test("a search component runs only beside the sidecar that uses it", async (t) => {
  for (const [file, name] of [
    ["redis", "component-embedded-search"],
    ["elasticsearch", "component-elasticsearch"],
  ] as const) {
    const manifests = await render([ci(file)]);
    const has = (app: string) =>
      deployment(manifests, app).spec.initContainers.filter((one: Container) => one.restartPolicy === "Always");
    t.match(has("catalog"), [{ name }]);
    t.same([...has("orders"), ...has("accounts"), ...has("gateway")], []);
    t.match(deployment(manifests, "catalog").metadata.annotations, {
      "dapr.io/volume-mounts-rw": /dapr-sockets:\/var\/run\/dapr-sockets/,
      "dapr.io/env": /DAPR_COMPONENTS_SOCKETS_FOLDER=\/var\/run\/dapr-sockets/,
    });
  }
});

t.test(
  "with an index in one process pods are replaced one after the other; otherwise the new pod gets ready first",
  async (t) => {
    const strategy = async (file: string) => named(await render([ci(file)]), "Deployment", "catalog").spec.strategy;
    t.same(await strategy("redis"), { type: "Recreate" });
    t.match(await strategy("elasticsearch"), { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0 } });
  },
);

t.test("a changed resource changes the checksum of exactly the pods whose sidecars read it", async (t) => {
  const sums = async (sets: string[]) => {
    const manifests = await render([ci("redis")], ["services.accounts.media=true", ...sets]);
    return (app: string) => deployment(manifests, app).metadata.annotations["checksum/resources"];
  };
  const [before, after] = [await sums([]), await sums(["media=s3"])];
  t.not(before("accounts"), after("accounts"));
  t.equal(before("orders"), after("orders"));
});

t.test("the name of the set-up's Job has the revision, or a suffix for tools without revisions", async (t) => {
  const names = async (sets: string[]) => {
    const manifests = await render([ci("redis")], sets);
    const { args } = deployment(manifests, "orders").spec.initContainers[0];
    const jobs = named(manifests, "Role", "orders").rules.find(({ resources }: { resources: string[] }) =>
      resources.includes("jobs"),
    ).resourceNames;
    return { job: ofKind(manifests, "Job")[0]?.metadata.name, waits: args[1], asks: jobs };
  };
  const first = "sidecart-set-up-1";
  t.same(await names([]), { job: first, waits: `--job=${first}`, asks: [first] });
  const tagged = "sidecart-set-up-v1.2.3";
  t.same(await names(["setUp.suffix=v1.2.3", "setUp.earlierSuffixes={v1.2.2}"]), {
    job: tagged,
    waits: `--job=${tagged}`,
    asks: [tagged, "sidecart-set-up-v1.2.2", first],
  });
});

t.test("a digest replaces the tag of its image, and of no other", async (t) => {
  const digest = `sha256:${"0".repeat(64)}`;
  const manifests = await render([ci("redis")], [`image.digests.orders=${digest}`, `image.digests.daprd=${digest}`]);
  const { spec, metadata } = deployment(manifests, "orders");
  t.equal(spec.containers[0].image, `sidecart/orders@${digest}`);
  t.equal(metadata.annotations["dapr.io/sidecar-image"], `sidecart/daprd@${digest}`);
  t.match(deployment(manifests, "accounts").spec.containers[0].image, /^sidecart\/accounts:/);
});

t.test("only Services of type NodePort have a node port", async (t) => {
  const port = async (type: string) => {
    const sets = [`services.gateway.http.serviceType=${type}`, "services.gateway.http.nodePort=30080"];
    return named(await render([ci("redis")], sets), "Service", "gateway").spec.ports[0].nodePort;
  };
  t.equal(await port("ClusterIP"), undefined);
  t.equal(await port("NodePort"), 30080);
  t.equal(await port("LoadBalancer"), 30080);
});

t.test("clients reach a second HTTP service at its own paths; helm test places its order at the gateway", async (t) => {
  const webhooks = ["services.orders.http.enabled=true", "services.orders.http.paths={/webhooks}"];
  const manifests = await render([ci("ingress")], webhooks);
  const routes = ofKind(manifests, "Ingress").flatMap(({ spec }) => spec.rules[0].http.paths);
  t.same(
    routes.map(({ path, backend }) => `${path} ${backend.service.name}`),
    ["/ gateway", "/webhooks orders"],
  );
  const matches = named(manifests, "HTTPRoute", "orders").spec.rules[0].matches;
  t.same(matches, [{ path: { type: "PathPrefix", value: "/webhooks" } }]);
  t.ok(named(manifests, "Service", "orders"));
  const tests = ofKind(manifests, "Pod");
  t.match(tests, [{ metadata: { name: "sidecart-test-gateway" } }]);
  t.equal(tests.length, 1);
  const inside = await render([ci("ingress")], webhooks.slice(0, 1));
  t.notOk(
    ofKind(inside, "Ingress").some(({ metadata }) => metadata.name === "orders"),
    "no path: not from outside",
  );
});

t.test("replicas are not set where a scaler decides them", async (t) => {
  const scaled = await render([ci("keda")]);
  for (const one of ofKind(scaled, "Deployment").filter(({ metadata }) => /accounts|gateway/.test(metadata.name)))
    t.notOk("replicas" in one.spec, one.metadata.name);
});
