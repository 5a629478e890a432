import t from "tap";
import { problemsOf } from "../src/problems.ts";
import { type Project, readProject, type Service } from "../src/project.ts";

const project = await readProject();

t.test("the current declarations have no errors", async (t) => t.same(problemsOf(project), []));

/** The project with one changed service. */
const withService = (name: string, change: Partial<Service>): Project => ({
  ...project,
  services: project.services.map((one) => (one.name === name ? { ...one, ...change } : one)),
});
const serviceOf = (name: string): Service => {
  const found = project.services.find((one) => one.name === name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
};
const withCode = (name: string, change: Partial<Service["code"]>): Project =>
  withService(name, { code: { ...serviceOf(name).code, ...change } });
const withTopic = (name: string, change: Partial<Project["topics"][number]>): Project => ({
  ...project,
  topics: project.topics.map((one) => (one.name === name ? { ...one, ...change } : one)),
});
const subscribesTo = (topic: string, pubsub = "pubsub") => [
  ...serviceOf("orders").code.subscribesTo,
  { topic, pubsub },
];

const placed = "OrderPlaced in proto/sidecart/orders/v1/events.proto";
const stray = {
  name: "wallet.paid.v1",
  everyReplica: false,
  service: "wallet",
  where: "Paid in proto/p.proto",
  personalFields: [],
};
const audit: Service = {
  name: "audit",
  folder: "services/audit",
  files: ["package.json", "src/main.ts"],
  code: { implements: [], subscribesTo: [{ topic: "orders.order-paid.v1", pubsub: "pubsub" }], uses: [], unused: [] },
};

const mistakes: [what: string, project: Project, said: string][] = [
  [
    "a call of a service that does not exist",
    withService("orders", { calls: { catalogue: ["ReservationsService/*"] } }),
    "services/orders/service.ts: calls.catalogue: there is no service catalogue",
  ],
  [
    "a call of a gRPC service that does not exist",
    withService("orders", { calls: { catalog: ["ReservationService/*"] } }),
    "services/orders/service.ts: calls.catalog: proto/sidecart/catalog/v1 has no service ReservationService",
  ],
  [
    "a component that no code uses",
    withService("orders", { state: true }),
    "services/orders/service.ts: state is declared, but nothing imports @sidecart/platform/state",
  ],
  [
    "a component that is used without a declaration",
    withCode("accounts", { uses: ["media"] }),
    "services/accounts/service.ts: media is not declared, but @sidecart/platform/media is imported",
  ],
  [
    "a call of a method that does not exist",
    withService("orders", { calls: { accounts: ["AccountsService/GetKeys"] } }),
    'services/orders/service.ts: calls.accounts: AccountsService has no method "GetKeys"',
  ],
  [
    "a call of a method without its name",
    withService("orders", { calls: { accounts: ["AccountsService"] } }),
    'services/orders/service.ts: calls.accounts: AccountsService has no method ""',
  ],
  [
    "a call of a service that is not implemented",
    withCode("catalog", { implements: ["sidecart.catalog.v1.CatalogService"] }),
    "services/orders/service.ts: calls.catalog: services/catalog/src/rpc.ts does not implement ReservationsService",
  ],
  [
    "a public service that is missing in its proto package",
    withService("catalog", { publicServices: ["CatalogService", "ReviewsService"] }),
    "services/catalog/service.ts: publicServices: proto/sidecart/catalog/v1 has no service ReviewsService",
  ],
  [
    "a public service that rpc.ts does not implement",
    withCode("orders", { implements: [] }),
    "services/orders/service.ts: publicServices: services/orders/src/rpc.ts does not implement OrdersService",
  ],
  [
    "two public services with one name",
    withService("orders", { publicServices: ["OrdersService", "OrdersService"] }),
    `services/index.ts: two public services would be the gateway's client "orders"`,
  ],
  [
    "a public service that the gateway cannot probe",
    {
      ...project,
      services: project.services.map(({ probe, ...one }) =>
        one.name === "orders" ? one : { ...one, ...(probe && { probe }) },
      ),
    },
    "services/orders/service.ts: probe is missing: the gateway needs one",
  ],
  [
    "a probe of a service that is not public",
    withService("catalog", { probe: "ReservationsService/Reserve" }),
    "services/catalog/service.ts: probe: ReservationsService is not among publicServices",
  ],
  [
    "a probe that does not exist",
    withService("orders", { probe: "OrdersService/GetOrder" }),
    "services/orders/service.ts: probe: OrdersService has no method GetOrder",
  ],
  [
    "a probe that changes something",
    withService("orders", { probe: "OrdersService/PlaceOrders" }),
    "services/orders/service.ts: probe: OrdersService/PlaceOrders is not declared NO_SIDE_EFFECTS in its proto file",
  ],
  [
    "a probe whose request is never empty",
    withService("catalog", { probe: "CatalogService/SuggestProducts" }),
    "services/catalog/service.ts: probe: the probe's request is empty, but CatalogService/SuggestProducts has a field that is not optional: prefix",
  ],
  [
    "services that call each other",
    withService("catalog", { calls: { orders: ["OrdersService/GetOrders"] } }),
    "services/catalog/service.ts: calls: catalog → orders → catalog is a circle: replace one of these calls by an event",
  ],
  [
    "services that call each other through a third one",
    withService("accounts", { calls: { orders: ["OrdersService/GetOrders"] } }),
    "services/accounts/service.ts: calls: accounts → orders → accounts is a circle: replace one of these calls by an event",
  ],
  [
    "a subscription to a topic that no message declares",
    withCode("orders", { subscribesTo: subscribesTo("catalog.product-sold.v1") }),
    "services/orders/src/subscriptions.ts: subscribes to catalog.product-sold.v1, which no message in proto/ declares",
  ],
  [
    "a subscriber without a database",
    { ...project, services: [...project.services, audit] },
    "services/audit/src/subscriptions.ts: audit subscribes to orders.order-paid.v1 and declares no database",
  ],
  [
    "two handlers for one topic",
    withCode("orders", { subscribesTo: subscribesTo("accounts.account-updated.v1") }),
    "services/orders/src/subscriptions.ts: two handlers for accounts.account-updated.v1",
  ],
  [
    "a topic for every replica, subscribed to with on()",
    withCode("orders", { subscribesTo: subscribesTo("catalog.catalog-changed.v1") }),
    "services/orders/src/subscriptions.ts: catalog.catalog-changed.v1 is declared every_replica: use onEveryReplica()",
  ],
  [
    "a topic for one replica, subscribed to with onEveryReplica()",
    withCode("orders", { subscribesTo: subscribesTo("catalog.product-created.v1", "broadcast") }),
    "services/orders/src/subscriptions.ts: catalog.product-created.v1 is not declared every_replica: use on()",
  ],
  [
    "a subscriber whose handlers are never started",
    withCode("orders", { unused: ["services/orders/src/subscriptions.ts"] }),
    "services/orders/src/subscriptions.ts: nothing in services/orders/src imports it",
  ],
  [
    "a topic that does not begin with its service",
    withTopic("catalog.stock-depleted.v1", { name: "stock.depleted.v1", where: "StockDepleted in proto/x.proto" }),
    'StockDepleted in proto/x.proto: topic "stock.depleted.v1" must be "catalog.<event>.v<number>"',
  ],
  [
    "an event with a personal field",
    withTopic("orders.order-paid.v1", { personalFields: ["order.address"] }),
    "OrderPaid in proto/sidecart/orders/v1/events.proto: order.address is personal, and brokers cannot forget: send an id instead",
  ],
  [
    "a message for every replica without a topic",
    withTopic("catalog.stock-depleted.v1", { name: "", where: "StockDepleted in proto/x.proto" }),
    'StockDepleted in proto/x.proto: topic "" must be "catalog.<event>.v<number>"',
  ],
  [
    "two messages with one topic",
    withTopic("orders.order-paid.v1", { name: "orders.order-placed.v1" }),
    `OrderPaid in proto/sidecart/orders/v1/events.proto: topic orders.order-placed.v1 is that of ${placed}`,
  ],
  [
    "a publisher without a database",
    withService("accounts", { database: undefined, files: ["package.json", "src/main.ts"] } as Partial<Service>),
    "AccountRegistered in proto/sidecart/accounts/v1/events.proto: accounts publishes and declares no database",
  ],
  [
    "a topic in a package that belongs to no service",
    { ...project, strayTopics: [stray] },
    'Paid in proto/p.proto: a topic, but no service is called "wallet"',
  ],
  [
    "a cached service that publishes no changes",
    withService("accounts", { cached: true }),
    "services/accounts/service.ts: cached, but the gateway subscribes to no every_replica topic of accounts",
  ],
  [
    "a service that publishes changes for caches and is not declared as cached",
    withService("orders", { cached: undefined } as Partial<Service>),
    "services/orders/service.ts: the gateway subscribes to orders.orders-changed.v1: add cached: true",
  ],
  [
    "a folder that is not listed",
    { ...project, folders: [...project.folders, "services/wallet"] },
    "services/index.ts: services/wallet is not listed",
  ],
  [
    "a listed service without a program",
    withService("orders", { files: ["package.json", "migrations"] }),
    "services/index.ts lists orders: services/orders/src/main.ts is missing",
  ],
  [
    "a database without migrations",
    withService("orders", { files: ["package.json", "src/main.ts"] }),
    "services/orders/service.ts: a database, but services/orders/migrations is missing",
  ],
  [
    "migrations without a database",
    { ...project, services: [...project.services, { ...audit, files: [...audit.files, "migrations"] }] },
    "services/audit/service.ts: no database, but services/audit/migrations is there",
  ],
  [
    "two services with one name",
    { ...project, services: [...project.services, { ...serviceOf("gateway"), code: audit.code }] },
    "services/index.ts: two services are called gateway",
  ],
  [
    "a name that is not a word",
    { ...project, services: [...project.services, { ...audit, name: "audit-log" }] },
    'services/index.ts: "audit-log" is not one lower-case word',
  ],
];

for (const [what, wrong, said] of mistakes) {
  t.test(`${what} is refused in one line`, async (t) => {
    const problems = problemsOf(wrong);
    t.ok(problems.includes(said), problems.join("\n") || "no problem was reported");
    t.notOk(problems.some((line) => line.includes("\n")));
  });
}
