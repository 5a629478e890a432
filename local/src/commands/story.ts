import { StartError } from "../start-error.ts";
import { type Ask, asAdmin } from "./api.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./story.help.mjs";

type Handling = {
  service: string;
  state: string;
  handledAt: string | null;
  error: string | null;
  attempts: number | null;
  diedAt: string | null;
};
type Step = {
  from: string | null;
  to: string;
  actor: string;
  reason: string;
  at: string;
  traceId: string | null;
  event: { id: string; topic: string; isPublished: boolean; handling: Handling[] } | null;
};
type Story = {
  order: { id: string; status: string; paymentStatus: string; priceTotal: number; currency: string; createdAt: string };
  reservation: {
    id: string;
    status: string;
    expiresAt: string | null;
    closedAt: string | null;
    lines: { productId: string; quantity: number }[];
  } | null;
  steps: Step[];
};

const query = `query($orderId: ID!) { orderStory(orderId: $orderId) {
  order { id status paymentStatus priceTotal currency createdAt }
  reservation { id status expiresAt closedAt lines { productId quantity } }
  steps { from to actor reason at traceId event { id topic isPublished
    handling { service state handledAt error attempts diedAt } } } } }`;

function reservationLines(reservation: Story["reservation"]): string[] {
  if (!reservation) return ["reservation: none, or catalog does not respond"];
  const { id, status, expiresAt, closedAt, lines } = reservation;
  const end = closedAt ? `, ended ${closedAt}` : "";
  const expiry = expiresAt ? `, expires ${expiresAt}` : "";
  return [
    `reservation ${id}: ${status}${expiry}${end}`,
    ...lines.map(({ productId, quantity }) => `  ${quantity} of product ${productId}`),
  ];
}

function handlingLine({ service, state, handledAt, error, attempts, diedAt }: Handling): string {
  const died = diedAt ? ` ${diedAt} after ${attempts === 1 ? "1 attempt" : `${attempts} attempts`}: ${error}` : "";
  return `    ${service}: ${state}${handledAt ? ` ${handledAt}` : ""}${died}`;
}

function stepLines({ from, to, actor, reason, at, traceId, event }: Step): string[] {
  const change = from ? `${from} → ${to}` : to;
  return [
    `${at}  ${change}, by ${actor}${reason ? `: ${reason}` : ""}`,
    ...(traceId ? [`  trace ${traceId}`] : []),
    ...(event ? [`  event ${event.id}  ${event.topic}: ${event.isPublished ? "published" : "not published yet"}`] : []),
    ...(event?.handling.map(handlingLine) ?? []),
  ];
}

async function tell(ask: Ask, orderId: string): Promise<void> {
  const { orderStory: story } = await ask<{ orderStory: Story | null }>(query, { orderId });
  if (!story) throw new StartError(`there is no order ${orderId}`);
  const { id, status, paymentStatus, priceTotal, currency, createdAt } = story.order;
  const head = `order ${id}: ${status}, payment ${paymentStatus}, ${priceTotal} ${currency} (minor units), placed ${createdAt}`;
  const lines = [head, ...reservationLines(story.reservation), ...story.steps.flatMap(stepLines)];
  process.stdout.write(`${lines.join("\n")}\n`);
}

await runCommandLine(help(), async ({ instance, words: [orderId, more] }) => {
  const ask = await asAdmin(instance);
  if (orderId === undefined || more !== undefined) throw new StartError("name one order by its id (--help)");
  await tell(ask, orderId);
});
