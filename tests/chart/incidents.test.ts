import t from "tap";
import { stringify } from "yaml";
import { beginsAt, everySeconds, recorded, stretched } from "./incidents/replay.ts";
import { ci, named, render } from "./render.ts";
import { checker } from "./tools.ts";

type Replay = { rules: string; load: string; every: number; until: number };
type Firing = { labels: Record<string, string>; first: number; last: number };
const replay = await checker<Replay, { alerts: Firing[]; error?: string }>("promql");
const { spec } = named(await render([ci("monitoring")]), "PrometheusRule", "sidecart");
// Only the gateway and the sidecars' components were recorded.
const wanted = /^(sidecart:|Sidecart(Availability|Latency|ManyRateLimited|ComponentFails))/;
type Rule = { alert?: string; record?: string };
const groups = spec.groups.map(({ name, rules }: { name: string; rules: Rule[] }) => ({
  name,
  rules: rules.filter(({ alert, record }) => wanted.test(alert ?? record ?? "")),
}));
const rules = stringify({ groups });

/** The alerts of a severity during an incident of so many minutes, as `SidecartAvailabilityPage placeOrder`. */
async function firing(name: string, minutes: number, severity = "page"): Promise<Map<string, Firing>> {
  const load = stretched(await recorded(name), minutes);
  const [answer] = await replay([{ rules, load, every: everySeconds, until: beginsAt + minutes * 60 }]);
  if (!answer || answer.error) throw new Error(`${name}: ${answer?.error}`);
  const some = answer.alerts.filter(({ labels }) => labels.severity === severity);
  return new Map(some.map((one) => [`${one.labels.alertname} ${one.labels.operation ?? one.labels.component}`, one]));
}
const page = "SidecartAvailabilityPage";
const minutesUntil = (alert: Firing | undefined) => ((alert?.first ?? 0) - beginsAt) / 60;

t.test("an overload in which everybody is refused pages within minutes", async (t) => {
  const alerts = await firing("overload", 30);
  t.ok(alerts.has(`${page} all`), [...alerts.keys()].join());
  const minutes = minutesUntil(alerts.get(`${page} all`));
  t.ok(minutes > 0 && minutes <= 15, `after ${minutes} minutes`);
});

t.test(
  "an operation that fails in responses with status 200 pages, the rest of these responses does not",
  async (t) => {
    const alerts = await firing("partial-failures", 30);
    t.ok(alerts.has(`${page} user`), [...alerts.keys()].join());
    t.notOk(alerts.has(`${page} product`));
  },
);

t.test("one failing service pages for what fails without it, and for no other operation", async (t) => {
  const alerts = await firing("one-failing-service", 30);
  t.ok(alerts.has(`${page} placeOrder`), [...alerts.keys()].join());
  for (const operation of ["product", "me", "searchProducts"]) t.notOk(alerts.has(`${page} ${operation}`), operation);
});

t.test("one failure of three requests in a quiet night alerts nobody", async (t) => {
  const { series } = await recorded("quiet-night");
  const total = (outcome: string) =>
    Object.entries(series)
      .filter(([name]) => name.startsWith("sidecart_operations_total") && name.includes(`outcome="${outcome}"`))
      .reduce((sum, [, values]) => sum + (values.at(-1) ?? 0), 0);
  t.same([total("served"), total("failed")], [2, 1], "that is what happened");
  // Once: eight minutes of the replay.
  t.same([...(await firing("quiet-night", 8)).keys()], []);
  t.same([...(await firing("quiet-night", 8, "ticket")).keys()], []);
});

t.test("people who send bad input for hours alert nobody", async (t) => {
  t.same([...(await firing("bad-input", 240)).keys()], []);
  t.same([...(await firing("bad-input", 240, "ticket")).keys()], []);
});
