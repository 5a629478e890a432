import { glob, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import t from "tap";
import { root } from "../check/tool.ts";
import { moduleFolder } from "./custom-resources.ts";
import { chart, ci, type Manifest, named, ofKind, render } from "./render.ts";
import { checker } from "./tools.ts";

type Verdict = { metrics: string[]; error?: string };
type Rule = { record?: string; alert?: string; expr: string; for?: string; labels: Record<string, string> };
const parse = await checker<string, Verdict>("promql");
const manifests = await render([ci("monitoring")]);
const rules: Rule[] = named(manifests, "PrometheusRule", "sidecart").spec.groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);

/** Metrics of our processes: the names in the sources, in Prometheus' form. */
async function ours(): Promise<string[]> {
  const names = ["target_info"];
  const conventions = createRequire(join(root, "platform/package.json"))("@opentelemetry/semantic-conventions");
  for await (const file of glob("{platform,gateway,services/*}/src/**/*.ts", { cwd: root })) {
    const text = await readFile(join(root, file), "utf8");
    for (const [, name = ""] of text.matchAll(
      /create(?:Counter|Gauge|UpDownCounter|ObservableCounter|ObservableGauge)\(\s*"([^"]+)"/g,
    ))
      names.push(name.replaceAll(".", "_"));
    for (const [, constant = ""] of text.matchAll(/durationHistogram\(\s*(METRIC_\w+),/g)) {
      const name: string = conventions[constant].replaceAll(".", "_");
      names.push(...["bucket", "count", "sum"].map((part) => `${name}_${part}`));
    }
  }
  return names;
}

/** Metrics of the sidecar and of sentry: the views in Dapr's diagnostics. */
async function sidecars(): Promise<string[]> {
  const folder = join(await moduleFolder("github.com/dapr/dapr"), "pkg");
  const names: string[] = [];
  for await (const file of glob(["diagnostics/*_monitoring.go", "sentry/monitoring/*.go"], { cwd: folder })) {
    const text = await readFile(join(folder, file), "utf8");
    for (const [, view = ""] of text.matchAll(/"([a-z_.]+(?:\/[a-z_]+)+)"/g)) {
      const name = `dapr_${view.replaceAll(/[^a-z]/g, "_")}`;
      names.push(name, ...["bucket", "count", "sum"].map((part) => `${name}_${part}`));
    }
  }
  return names;
}

/** Metrics of kube-state-metrics (docs/metrics/workload in its repository). */
const clusters = [
  "kube_deployment_status_replicas_available",
  "kube_deployment_spec_replicas",
  "kube_pod_init_container_status_waiting_reason",
  "kube_pod_container_status_waiting_reason",
  "kube_job_status_failed",
  "kube_cronjob_status_last_successful_time",
  "kube_cronjob_next_schedule_time",
  "kube_cronjob_spec_suspend",
];

const known = new Set([
  ...(await ours()),
  ...(await sidecars()),
  ...clusters,
  ...rules.flatMap(({ record }) => record ?? []),
]);

t.test("the sources have metrics", async (t) => {
  for (const name of [
    "http_server_request_duration_bucket",
    "rpc_server_call_duration_count",
    "sidecart_events_total",
    "sidecart_outbox_age",
    "sidecart_dead_letters",
    "dapr_component_output_binding_count",
  ])
    t.ok(known.has(name), name);
  t.notOk(known.has("sidecart_orders_total"));
});

t.test("every rule is PromQL over metrics that exist", async (t) => {
  const verdicts = await parse(rules.map(({ expr }) => expr));
  t.equal(verdicts.length, rules.length);
  for (const [place, { metrics, error }] of verdicts.entries()) {
    const name = rules[place]?.record ?? rules[place]?.alert ?? "";
    t.equal(error, undefined, `${name}: ${rules[place]?.expr}`);
    t.ok(metrics.length > 0, name);
    t.same(
      metrics.filter((metric) => !known.has(metric)),
      [],
      name,
    );
  }
});

t.test("every panel is PromQL over metrics that exist", async (t) => {
  const dashboards = ofKind(manifests, "ConfigMap").filter(
    ({ metadata }) => metadata.labels?.grafana_dashboard === "1",
  );
  const files = await readdir(join(chart, "dashboards"));
  t.equal(dashboards.length, files.length, "one for each file");
  for (const dashboard of dashboards) {
    const { panels } = Object.values(dashboard.data as Record<string, string>).map((text) => JSON.parse(text))[0];
    const targets = panels.flatMap(({ title, targets }: { title: string; targets: { expr: string }[] }) =>
      targets.map(({ expr }) => ({ title, expr })),
    );
    const expressions = targets.map(({ expr }: { expr: string }) => expr.replaceAll("[$__rate_interval]", "[5m]"));
    for (const [place, { metrics, error }] of (await parse(expressions)).entries()) {
      t.equal(error, undefined, `${targets[place].title}: ${targets[place].expr}`);
      t.same(
        metrics.filter((metric) => !known.has(metric)),
        [],
        targets[place].title,
      );
    }
  }
});

t.test("an objective's alert needs its burn rate in both windows", async (t) => {
  const folder = t.testdir({ "values.yaml": "monitoring: {rules: {availability: 99.5}}" });
  const changed = named(await render([ci("monitoring"), `${folder}/values.yaml`]), "PrometheusRule", "sidecart").spec
    .groups[0].rules as Rule[];
  const page = changed.find(({ alert }) => alert === "SidecartAvailabilityPage")?.expr ?? "";
  const limits = [...page.matchAll(/ratio_rate(\w+)\{[^}]*\} > ([\d.]+)/g)].map(([, window, limit]) => [
    window,
    Number(Number(limit).toFixed(6)),
  ]);
  t.same(limits, [
    ["1h", 0.072],
    ["5m", 0.072],
    ["6h", 0.03],
    ["30m", 0.03],
  ]);
  t.match(page, /failed:rate1h\{[^}]*\} \* 3600 >= 10\b/, "and a number of failures");
});

t.test("both kinds of monitors find every service's two ports", async (t) => {
  const ports = (one: Manifest) =>
    (one.spec.endpoints ?? one.spec.podMetricsEndpoints).map(({ port }: { port: string }) => port);
  t.same(ports(named(manifests, "ServiceMonitor", "sidecart")), ["metrics", "dapr-metrics"]);
  const production = await render([join(chart, "values-production.yaml")]);
  const monitor = named(production, "PodMonitor", "sidecart");
  t.same(ports(monitor), ["metrics", "dapr-metrics"]);
  for (const { spec } of ofKind(production, "Deployment"))
    t.match(spec.template.metadata.labels, monitor.spec.selector.matchLabels);
});
