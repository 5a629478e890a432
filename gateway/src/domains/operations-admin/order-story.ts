import type { EventState, GetEventStatesResponse } from "@sidecart/proto/dead_letter_admin/v1/dead_letter_admin";
import type { Transition } from "@sidecart/proto/orders/v1/orders";
import { toEnum } from "../../calls/enum-names.ts";
import type { GatewayCall } from "../../calls/gateway-call.ts";
import type { ServiceName, Services } from "../../services.ts";
import { toOrder, toTransition } from "../orders/model.ts";
import { type ApiEventHandling, type ApiOrderStep, toReservation } from "./model.ts";

type StoryDeps = Pick<Services, "deadLetterAdmin" | "orders" | "catalog">;
/** What each service knows of the events; undefined when it does not respond. */
type Known = [ServiceName, GetEventStatesResponse | undefined][];

/** How long the story waits for a service other than orders. */
const patienceMs = 3_000;

/**
 * Each service says what it knows itself. Orders must respond; of any other service that does not, the story says so. Null
 * when there is no such order.
 */
export async function readOrderStory(
  { orders, catalog, deadLetterAdmin }: StoryDeps,
  orderId: string,
  call: GatewayCall,
) {
  const context = call.forService();
  const [found, histories] = await Promise.all([
    orders.getOrders({ ids: [orderId] }, context),
    orders.getHistories({ orderIds: [orderId] }, context),
  ]);
  const [order, history] = [found.orders[0], histories.histories[0]];
  const eventIds = history?.transitions.flatMap(({ eventId }) => eventId || []) ?? [];
  // Also for an order that does not exist, because it refuses everybody but admins.
  const published = await deadLetterAdmin.orders.getEventStates({ eventIds }, context);
  if (!order || !history) return null;
  const soon = { ...context, deadline: Math.min(context.deadline, Date.now() + patienceMs) };
  const stateOfEach = Object.entries(deadLetterAdmin).map(async ([name, admin]): Promise<Known[number]> => {
    const states = await admin.getEventStates({ eventIds }, soon).catch(() => undefined);
    return [name as ServiceName, states];
  });
  const reserved = catalog.getReservation({ id: history.reservationId }, soon).catch(() => undefined);
  const [known, stock] = await Promise.all([Promise.all(stateOfEach), reserved]);
  return {
    order: toOrder(order),
    reservation: stock?.reservation ? toReservation(stock.reservation) : null,
    steps: history.transitions.map((one) => toStep(one, published, known)),
  };
}

function toStep(transition: Transition, published: GetEventStatesResponse, known: Known): ApiOrderStep {
  const { eventId, topic, traceparent } = transition;
  const handling = known.flatMap(([service, states]) => toHandling(service, states, eventId, topic));
  // The outbox has a row for up to 100 ms longer than the broker has its event.
  const isHeard = handling.some(({ state }) => state === "HANDLED" || state === "DEAD_LETTER");
  const isPublished = isHeard || stateOf(eventId, published)?.waiting === false;
  return {
    ...toTransition(transition),
    // W3C Trace Context: version, trace id, span id, flags.
    traceId: traceparent.split("-")[1] ?? null,
    event: eventId ? { id: eventId, topic, isPublished, handling } : null,
  };
}

const stateOf = (id: string, { states }: GetEventStatesResponse) => states.find(({ eventId }) => eventId === id);

function toHandling(
  service: ServiceName,
  known: GetEventStatesResponse | undefined,
  eventId: string,
  topic: string,
): ApiEventHandling[] {
  if (!known) return [{ service: toEnum(service), state: "UNKNOWN", handledAt: null }];
  const state = stateOf(eventId, known);
  if (!state || !known.topics.includes(topic)) return [];
  const { handledAt, error, attempts, diedAt } = state;
  const failure = diedAt ? { error, attempts, diedAt } : {};
  return [{ service: toEnum(service), state: nameOf(state), handledAt: handledAt || null, ...failure }];
}

function nameOf({ handledAt, diedAt }: EventState) {
  if (diedAt) return "DEAD_LETTER" as const;
  return handledAt ? ("HANDLED" as const) : ("PENDING" as const);
}
