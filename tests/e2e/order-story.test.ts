import { randomUUID } from "node:crypto";
import { firstAdmin } from "@sidecart/local/secrets/secrets";
import t from "tap";
import { eventually } from "../support/eventually.ts";
import { Person } from "../support/graphql.ts";
import { admin, newCustomer, newProduct, placeOrder } from "../support/people.ts";
import { program } from "../support/program.ts";
import { stockOracle } from "../support/stock.ts";
import { startSystem } from "../support/system.ts";

type Handling = { service: string; state: string; handledAt: string | null; error: string | null };
type Step = {
  to: string;
  traceId: string;
  event: { id: string; topic: string; isPublished: boolean; handling: Handling[] };
};
type Story = { reservation: { id: string; status: string; lines: object[] } | null; steps: Step[] };

t.setTimeout(90_000);
const system = await startSystem(t);
const { gatewayUrl } = system;
const shop = await admin(gatewayUrl);
const customer = await newCustomer(gatewayUrl);
const product = await newProduct(shop, { stock: 100 });
const { catalog } = await stockOracle(t, system);

const query = `query($id: ID!) { orderStory(orderId: $id) {
  order { id userId } reservation { id status lines { productId quantity } }
  steps { from to actor reason traceId event { id topic isPublished handling { service state handledAt error } } } } }`;
const storyOf = async (id: string) => (await shop.get<{ orderStory: Story | null }>(query, { id })).orderStory;
const pay = (id: string) =>
  shop.get("mutation($input: MarkOrderPaidInput!) { markOrderPaid(input: $input) { id } }", { input: { id } });

/** Places an order of two units; returns its id, and the trace id that the client gets. */
async function placed() {
  const response = await fetch(`${gatewayUrl}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${customer.token}` },
    body: JSON.stringify({
      query: placeOrder,
      variables: { input: { orderProducts: [{ productId: product, quantity: 2 }] } },
    }),
  });
  const { data } = (await response.json()) as { data: { placeOrder: { id: string } } };
  return { id: data.placeOrder.id, traceId: response.headers.get("x-trace-id") };
}

/** The story once the last event has this state in catalog. */
const settled = (id: string, state: string, steps: number) =>
  eventually(
    `the event of step ${steps}: ${state}`,
    async () => {
      const story = await storyOf(id);
      const reached = story?.steps[steps - 1]?.event.handling.some((one) => one.state === state) ?? false;
      return reached && (story as Story);
    },
    40_000,
  );

t.test("a story has the steps of an order, their traces and events, and the reserved stock", async (t) => {
  const { id, traceId } = await placed();
  const story = await settled(id, "HANDLED", 1);
  t.match(story, {
    order: { id, userId: customer.id },
    reservation: { status: "OPEN", lines: [{ productId: product, quantity: 2 }] },
    steps: [{ from: null, actor: customer.id, reason: "placed", traceId }],
  });
  t.match(story.steps[0]?.event, {
    topic: "orders.order-placed.v1",
    isPublished: true,
    handling: [{ service: /^catalog$/i, state: "HANDLED", handledAt: /^20/, error: null }],
  });
  t.equal(story.steps[0]?.event.handling.length, 1, "only services that subscribe");
  await pay(id);
  const paid = await settled(id, "HANDLED", 2);
  t.match(paid, { reservation: { id: story.reservation?.id, status: "SOLD" } });
  t.match(paid.steps[1]?.event, { topic: "orders.order-paid.v1", isPublished: true });
  t.match(paid.steps[1]?.traceId, /^[0-9a-f]{32}$/);
  t.not(paid.steps[1]?.traceId, traceId);
});

t.test("a story says which event is stuck, where and why, and npm run story prints it", async (t) => {
  const { id, traceId } = await placed();
  const { reservation } = await settled(id, "HANDLED", 1);
  await catalog("delete from reservations where id = $1", [reservation?.id]);
  await pay(id);
  const stuck = await settled(id, "DEAD_LETTER", 2);
  t.equal(stuck.reservation, null);
  t.match(stuck.steps[1]?.event.handling, [{ state: "DEAD_LETTER", handledAt: null, error: /is gone/ }]);
  const { email, password } = firstAdmin;
  const env = { SIDECART_URL: gatewayUrl, SIDECART_EMAIL: email, SIDECART_PASSWORD: password };
  const { code, output } = await program("local/src/commands/story.ts", [id], env);
  t.equal(code, 0, output);
  for (const part of [id, traceId ?? "", stuck.steps[1]?.event.id ?? "", "DEAD_LETTER", "is gone", "reservation: none"])
    t.ok(output.includes(part), `${part} in ${output}`);
  const unknown = await program("local/src/commands/story.ts", [randomUUID()], env);
  t.match(unknown, { code: 1, output: /^✗ there is no order [^\n]+\n$/ });
});

t.test("only an admin gets a story, also of an order that does not exist", async (t) => {
  const { id } = await placed();
  for (const one of [id, randomUUID()]) {
    t.equal(await customer.refusal(query, { id: one }), "FORBIDDEN");
    t.equal(await new Person(gatewayUrl).refusal(query, { id: one }), "UNAUTHENTICATED");
  }
  t.equal(await storyOf(randomUUID()), null);
});

t.test("while catalog hangs, the story has the rest, and says that catalog does not respond", async (t) => {
  const { id } = await placed();
  await settled(id, "HANDLED", 1);
  const process = system.processes.get("catalog");
  process?.kill("SIGSTOP");
  t.teardown(() => process?.kill("SIGCONT"));
  const story = await eventually("the event to leave the outbox", async () => {
    const told = await storyOf(id);
    return told?.steps[0]?.event.isPublished === true && told;
  });
  t.equal(story.reservation, null);
  t.match(story.steps, [{ event: { isPublished: true, handling: [{ state: "UNKNOWN" }] } }]);
});
