import type { Launched } from "@sidecart/local/launch";
import { type Books, type Line, type Order, type Reservation, readBooks } from "./books.ts";
import { eventually } from "./eventually.ts";

/** Repeated here instead of imported, so that the tested code does not define what is right. */
const legalMoves = [
  "→pending_payment",
  "pending_payment→paid",
  "pending_payment→cancelled",
  "pending_payment→expired",
  "paid→cancelled",
];
/** The state that an order's reservation must have once all events are handled. */
const reservationOf: Record<string, string> = {
  pending_payment: "held",
  paid: "sold",
  cancelled: "released",
  expired: "released",
};
/** The transitions that catalog handles, and the handler of each. */
const heard = { hold: ["pending_payment"], sell: ["paid"], release: ["cancelled", "expired"] };

/**
 * Waits until every event has taken effect and the data of all services agree; otherwise fails with the contradictions.
 * `stock`: the units of each product before the first order.
 */
export async function ledgerAgrees(
  system: Launched,
  stock: ReadonlyMap<string, number>,
  withinMs = 30_000,
): Promise<Books> {
  return eventually(
    "the ledger to agree",
    async () => {
      const books = await readBooks(system);
      const wrong = violations(books, stock);
      if (wrong.length > 0) throw new Error(`${wrong.length} violations:\n${wrong.slice(0, 20).join("\n")}`);
      return books;
    },
    withinMs,
  );
}

/** Each sentence is one contradiction. */
const violations = (books: Books, stock: ReadonlyMap<string, number>): string[] => [
  ...contradictions(books, stock),
  ...eventViolations(books),
];

/** Contradictions between the data of the services, whatever events led to them. */
export function contradictions(books: Books, stock: ReadonlyMap<string, number>): string[] {
  return [...stockViolations(books, stock), ...reservationViolations(books), ...pathViolations(books)];
}

function stockViolations({ products, reservations }: Books, stock: ReadonlyMap<string, number>): string[] {
  const sold = unitsOf(reservations.filter(({ status }) => status === "sold"));
  const open = unitsOf(reservations.filter(({ status }) => status === "open"));
  const checked = products.filter(({ id }) => stock.has(id));
  const missing = stock.size > checked.length ? ["a product has disappeared"] : [];
  const wrong = checked.flatMap(({ id, onHand, reserved }) => {
    const left = (stock.get(id) ?? 0) - (sold.get(id) ?? 0);
    const held = open.get(id) ?? 0;
    return [
      ...(onHand === left ? [] : [`product ${id}: ${onHand} on hand, ${left} by what was sold`]),
      ...(reserved === held ? [] : [`product ${id}: ${reserved} reserved, ${held} by the open reservations`]),
      ...(left < 0 ? [`product ${id}: oversold by ${-left}`] : []),
    ];
  });
  return [...missing, ...wrong];
}

function reservationViolations({ orders, reservations }: Books): string[] {
  const byId = new Map(reservations.map((reservation) => [reservation.id, reservation]));
  const owners = new Map(orders.map((order) => [order.reservationId, order]));
  const twice = owners.size < orders.length ? ["two orders stand on one reservation"] : [];
  return [
    ...twice,
    ...orders.flatMap((order) => orderViolations(order, byId.get(order.reservationId))),
    ...reservations.filter(({ id }) => !owners.has(id)).flatMap(orphanViolations),
  ];
}

function orderViolations(order: Order, reservation: Reservation | undefined): string[] {
  const name = `order ${order.id} (${order.status})`;
  if (!reservation) return [`${name} has no reservation`];
  const { status, held } = reservation;
  const is = status === "open" && held ? "held" : status;
  const wanted = reservationOf[order.status];
  const sameLines = sorted(order.lines) === sorted(reservation.lines);
  return [
    ...(is === wanted ? [] : [`${name}: its reservation is ${is}, not ${wanted}`]),
    ...(sameLines ? [] : [`${name}: its reservation is for other lines`]),
  ];
}

/** Reservations of refused or unfinished placements. They expire and release their stock. */
function orphanViolations({ id, status, held, overdue }: Reservation): string[] {
  if (status === "sold" || (status === "open" && held)) return [`reservation ${id} is ${status} without an order`];
  return status === "open" && overdue ? [`reservation ${id} should have expired`] : [];
}

function pathViolations({ orders, transitions }: Books): string[] {
  const byOrder = Map.groupBy(transitions, ({ orderId }) => orderId);
  return orders.flatMap(({ id, status, version }) => {
    const path = byOrder.get(id) ?? [];
    const illegal = path.filter(({ from, to }) => !legalMoves.includes(`${from}→${to}`));
    const connected = path.every((step, at) => step.version === at + 1 && step.from === (path[at - 1]?.to ?? ""));
    const complete = path.length === version && path.at(-1)?.to === status;
    return [
      ...illegal.map(({ from, to }) => `order ${id} went from ${from} to ${to}`),
      ...(connected && complete ? [] : [`order ${id} (${status}, version ${version}): its history has gaps`]),
    ];
  });
}

function eventViolations({ accounts, handled, known, transitions, waiting, deadLetters }: Books): string[] {
  const heardOf = new Map(known.map(({ id, username, version }) => [id, `${username}, version ${version}`]));
  return [
    ...[...waiting].filter(([, events]) => events > 0).map(([service, events]) => `${service}: ${events} events wait`),
    ...deadLetters.map(({ service, topic, error }) => `${service}: dead letter on ${topic}: ${error}`),
    ...Object.entries(heard).flatMap(([handler, statuses]) => {
      const happened = transitions.filter(({ to }) => statuses.includes(to)).length;
      const count = handled.get(handler) ?? 0;
      return count === happened ? [] : [`${handler}: ${happened} events, of which ${count} had their effect`];
    }),
    ...accounts
      .map(({ id, username, version }) => ({ id, now: `${username}, version ${version}` }))
      .filter(({ id, now }) => heardOf.get(id) !== now)
      .map(({ id, now }) => `account ${id} is ${now}, orders knows ${heardOf.get(id)}`),
  ];
}

function unitsOf(reservations: Reservation[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { productId, quantity } of reservations.flatMap(({ lines }) => lines)) {
    units.set(productId, (units.get(productId) ?? 0) + quantity);
  }
  return units;
}

const sorted = (lines: Line[]): string =>
  lines
    .map(({ productId, quantity }) => `${productId} ${quantity}`)
    .sort()
    .join();
