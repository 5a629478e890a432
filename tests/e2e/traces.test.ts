import { apps } from "@sidecart/local/apps";
import t from "tap";
import { type Span, startCollector } from "../support/collector.ts";
import { eventually } from "../support/eventually.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

const { url, spans } = await startCollector(t);
const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: url };
const system = await startSystem(t, { env: Object.fromEntries(apps.map(({ id }) => [id, exporting])) });
const { gatewayUrl } = system;
const product = await newProduct(await admin(gatewayUrl));
const customer = await newCustomer(gatewayUrl);
const input = { orderProducts: [{ productId: product, quantity: 1 }] };

/** Places an order in its own request; returns the trace id that the client gets. */
async function orderTrace(headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${gatewayUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${customer.token}`, ...headers },
    body: JSON.stringify({ query: placeOrder, variables: { input } }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  return response.headers.get("x-trace-id") ?? "";
}

const within = (traceId: string, service: string, name: string) =>
  spans.filter((span) => span.traceId === traceId && span.service === service && span.name === name);

/** The path from a span to the root, as `service: name`; `?` stands for a parent that was not exported. */
function lineage(span: Span | undefined): string[] {
  if (!span) return ["?"];
  const own = `${span.service}: ${span.name}`;
  if (!span.parentSpanId) return [own];
  const parent = spans.find((one) => one.traceId === span.traceId && one.spanId === span.parentSpanId);
  return [own, ...lineage(parent)];
}

const traceId = await orderTrace();
const ofTrace = () => spans.filter((span) => span.traceId === traceId);
const gaps = () =>
  ofTrace()
    .map(lineage)
    .filter((steps) => steps.at(-1) !== "gateway: POST /graphql");

t.test("all spans of a trace are connected", async (t) => {
  await eventually("the consumer's span and its ancestors", async () => {
    const heard = within(traceId, "catalog", "orders.order-placed.v1 process").length > 0;
    return heard && ofTrace().length > 10 && gaps().length === 0;
  }).catch(() => t.comment(ofTrace().map(lineage)));
  t.same(gaps(), []);
  t.ok(ofTrace().length > 10, `${ofTrace().length} spans`);
});

t.test("a trace leads from the request through orders to catalog, without a gap", async (t) => {
  const place = "sidecart.orders.v1.OrdersService/PlaceOrders";
  const reserve = "sidecart.catalog.v1.ReservationsService/Reserve";
  const inCatalog = within(traceId, "catalog", reserve);
  t.same(inCatalog.map(lineage), [
    [`catalog: ${reserve}`, `orders: ${reserve}`, `orders: ${place}`, `gateway: ${place}`, "gateway: POST /graphql"],
  ]);
});

t.test("the span of the order's consumer is below the publisher's, in the same trace", async (t) => {
  const [placed] = within(traceId, "catalog", "orders.order-placed.v1 process");
  t.same(lineage(placed).slice(-3), [
    "orders: sidecart.orders.v1.OrdersService/PlaceOrders",
    "gateway: sidecart.orders.v1.OrdersService/PlaceOrders",
    "gateway: POST /graphql",
  ]);
});

t.test("the consumer's calls are below its span", async (t) => {
  const [placed] = within(traceId, "catalog", "orders.order-placed.v1 process");
  const children = spans.filter((span) => span.traceId === traceId && span.parentSpanId === placed?.spanId);
  t.match(children, [{ name: "dapr.proto.runtime.v1.Dapr/InvokeBinding", service: "catalog" }]);
});

t.test("a request has its own trace with a link to the client's", async (t) => {
  const theirs = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
  const ours = await orderTrace({ traceparent: `00-${theirs.traceId}-${theirs.spanId}-01` });
  t.not(ours, theirs.traceId);
  const [root] = await eventually("the request's span", async () => {
    const found = within(ours, "gateway", "POST /graphql");
    return found.length > 0 && found;
  });
  t.notOk(root?.parentSpanId);
  t.match(root?.links, [theirs]);
});

t.test("two requests are two traces", async (t) => {
  t.not(await orderTrace(), traceId);
});
