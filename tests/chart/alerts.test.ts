import t from "tap";
import { ci, named, render } from "./render.ts";
import { checker } from "./tools.ts";

type Question = { load: string; expr: string; at: number };
type Finding = { samples: { labels: Record<string, string>; value: number }[]; error?: string };
type Rule = { alert?: string; record?: string; expr: string };
const find = await checker<Question, Finding>("promql");

const { spec } = named(await render([ci("monitoring")]), "PrometheusRule", "sidecart");
const rules: Rule[] = spec.groups.flatMap(({ rules }: { rules: Rule[] }) => rules);

/**
 * The targets of an alert after two hours of these series: one sample a minute, in the notation of Prometheus' tests.
 */
async function about(alert: string, series: Record<string, string>, label: string): Promise<string[]> {
  const expr = rules.find((rule) => rule.alert === alert)?.expr;
  if (!expr) throw new Error(`there is no alert ${alert}`);
  const [finding] = await find([{ load: load(series), expr, at: 2 * 60 * 60 }]);
  if (!finding || finding.error) throw new Error(`${alert}: ${finding?.error}`);
  return finding.samples.map(({ labels }) => labels[label] ?? "everybody");
}

function load(series: Record<string, string>): string {
  const lines = Object.entries(series).map(([name, values]) => {
    const [, metric, labels] = name.match(/^(\w+)\{?([^}]*)\}?$/) ?? [];
    return `  ${metric}{namespace="shop"${labels ? `,${labels}` : ""}} ${values}`;
  });
  return `load 1m\n${lines.join("\n")}\n`;
}

const requests = 'http_server_request_duration_count{http_route="/graphql",http_response_status_code="200"}';

t.test("an outage of all gateways pages, though no request fails", async (t) => {
  const silent = (values: string) => about("SidecartGatewaySilent", { [requests]: values }, "service");
  t.same(await silent("0+60x110 _x10"), ["everybody"], "without pods");
  t.same(await silent("0+60x110 6600x10"), ["everybody"], "with pods that no request reaches");
  t.same(await silent("0+60x120"), []);
  t.same(await silent("0x60 1x60"), [], "low traffic does not page");
});

t.test("a service without a ready pod pages, a stopped one does not", async (t) => {
  const pods = (wanted: number, ready: number) => ({
    'kube_deployment_spec_replicas{deployment="orders"}': `${wanted}x120`,
    'kube_deployment_status_replicas_available{deployment="orders"}': `${ready}x120`,
  });
  t.same(await about("SidecartNoPods", pods(2, 0), "deployment"), ["orders"]);
  t.same(await about("SidecartNoPods", pods(2, 1), "deployment"), []);
  t.same(await about("SidecartNoPods", pods(0, 0), "deployment"), []);
  t.same(await about("SidecartNoPods", {}, "deployment"), [], "without kube-state-metrics it says nothing");
});

t.test("a crash-looping pod alerts, also during its back-off", async (t) => {
  const waiting = (kind: string) =>
    about(
      "SidecartPodsCrashLoop",
      {
        [`kube_pod_${kind}_status_waiting_reason{pod="orders-1",container="daprd",reason="CrashLoopBackOff"}`]:
          "_x110 1x7 _x3",
      },
      "pod",
    );
  t.same(await waiting("init_container"), ["orders-1"]);
  t.same(await waiting("container"), ["orders-1"]);
});

t.test("one failure in a quiet hour does not page, a component that fails one call in twenty does", async (t) => {
  const binding = (failed: string, fine: string) =>
    about(
      "SidecartComponentFails",
      {
        'dapr_component_output_binding_count{app_id="orders",component="orders-db",success="false"}': failed,
        'dapr_component_output_binding_count{app_id="orders",component="orders-db",success="true"}': fine,
      },
      "app_id",
    );
  t.same(await binding("0x115 1x5", "0x120"), []);
  t.same(await binding("0+6x120", "0+60x120"), ["orders"]);
  t.same(await binding("0+1x120", "0+60x120"), [], "one in sixty");
  const events = (failed: string, handled: string) =>
    about(
      "SidecartEventsFail",
      {
        'sidecart_events_total{service="catalog",topic="order-placed.v1",outcome="failed"}': failed,
        'sidecart_events_total{service="catalog",topic="order-placed.v1",outcome="handled"}': handled,
      },
      "service",
    );
  t.same(await events("0x115 1x5", "0+1x120"), []);
  t.same(await events("0+1x120", "0+10x120"), ["catalog"]);
});

t.test("a component that could not be loaded alerts, even though its sidecar exited", async (t) => {
  const failed = (values: string) =>
    about(
      "SidecartComponentNotLoaded",
      { 'dapr_runtime_component_init_fail_total{app_id="orders"}': values },
      "app_id",
    );
  t.same(await failed("_x112 1 _x7"), ["orders"]);
  t.same(await failed("_x50 1 _x69"), [], "an hour ago");
});

t.test("the first denied call alerts, under either policy; old ones do not", async (t) => {
  for (const policy of ["app", "global"]) {
    const name = `dapr_runtime_acl_${policy}_policy_action_blocked_total{app_id="orders"}`;
    const denied = (values: string) => about("SidecartCallsDenied", { [name]: values }, "app_id");
    t.same(await denied("_x115 1x5"), ["orders"], `${policy}: the first`);
    t.same(await denied("1x115 2x5"), ["orders"], `${policy}: one more`);
    t.same(await denied("1x120"), [], `${policy}: hours ago`);
  }
});

t.test("an open circuit pages; one that was open for a moment, or that waits for a call, does not", async (t) => {
  const state = (values: string) =>
    about("SidecartCircuitOpen", { 'sidecart_circuit_state{service="orders",callee="catalog"}': values }, "callee");
  t.same(await state("0x113 2x7"), ["catalog"]);
  t.same(await state("0x113 2x3 0 2x3"), ["catalog"], "tried in vain meanwhile");
  t.same(await state("0x110 2 0x9"), []);
  t.same(await state("0x110 2x1 1x9"), [], "the service responds to probes, but nobody calls it");
});

t.test("a replica that limits rates alone is reported, one that did for a moment is not", async (t) => {
  const alone = (one: string, other: string) =>
    about(
      "SidecartRateLimitsAlone",
      { 'sidecart_rate_limits_alone{pod="one"}': one, 'sidecart_rate_limits_alone{pod="other"}': other },
      "nobody",
    );
  t.same(await alone("0x100 1x20", "0x120"), ["everybody"]);
  t.same(await alone("0x110 1x2 0x7", "0x120"), []);
});

t.test("rate limits that refuse one request in five alert, a client over its limit does not", async (t) => {
  const limited = (refused: string) =>
    about(
      "SidecartManyRateLimited",
      {
        'sidecart_operations_total{operation="product",outcome="served"}': "0+600x120",
        'sidecart_operations_total{operation="other",outcome="refused"}': refused,
        'sidecart_operation_errors_total{operation="other",code="RATE_LIMITED"}': refused,
      },
      "nobody",
    );
  t.same(await limited("0+200x120"), ["everybody"]);
  t.same(await limited("0+100x120"), []);
});

t.test("PostgreSQL's connections alert before they run out", async (t) => {
  const used = (connections: number) =>
    about(
      "SidecartDatabaseConnections",
      {
        'sidecart_database_connections{service="orders"}': `${connections}x120`,
        'sidecart_database_max_connections{service="orders"}': "97x120",
      },
      "service",
    );
  t.same(await used(83), ["orders"]);
  t.same(await used(82), []);
});

t.test("a rotation of the signing keys that fails or does not run alerts until one succeeds", async (t) => {
  const cron = 'cronjob="rotate-signing-keys"';
  const series = (more: Record<string, string>) => ({
    [`kube_cronjob_spec_suspend{${cron}}`]: "0x120",
    [`kube_cronjob_next_schedule_time{${cron}}`]: "99999x120",
    ...more,
  });
  const failed = 'kube_job_status_failed{job_name="rotate-signing-keys-1"}';
  const success = `kube_cronjob_status_last_successful_time{${cron}}`;
  const firing = (more: Record<string, string>) => about("SidecartKeysNotRotated", series(more), "nobody");
  t.same(await firing({}), [], "no run was due");
  t.same(await firing({ [failed]: "0x60 1x60" }), ["everybody"]);
  t.same(await firing({ [failed]: "0x60 1x60", [success]: "0x100 6900x20" }), [], "a later run succeeded");
  const late = { [`kube_cronjob_next_schedule_time{${cron}}`]: "3000x120" };
  t.same(await firing(late), ["everybody"], "it was due more than an hour ago");
  t.same(await firing({ ...late, [`kube_cronjob_spec_suspend{${cron}}`]: "1x120" }), [], "it is suspended");
});

t.test("Dapr's certificate authority alerts a month before it expires", async (t) => {
  const expiring = (days: number) =>
    about("SidecartDaprRootExpires", { dapr_sentry_issuercert_expiry_timestamp: `${7200 + days * 86_400}x120` }, "app");
  t.same(await expiring(29), ["everybody"]);
  t.same(await expiring(31), []);
});
