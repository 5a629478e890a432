import type { Test } from "tap";
import { openBench } from "./bench.ts";
import type { Broker } from "./probes.ts";
import { broadcastTests } from "./tests/broadcast.ts";
import { deadLetterTests } from "./tests/dead-letters.ts";
import { deliveryTests } from "./tests/delivery.ts";
import { figureTests } from "./tests/figures.ts";
import { loadTests } from "./tests/load.ts";
import { orderTests } from "./tests/order.ts";
import { outageTests } from "./tests/outage.ts";
import { publishingTests } from "./tests/publishing.ts";
import { redeliveryTests } from "./tests/redelivery.ts";

const parts = [
  deliveryTests,
  broadcastTests,
  orderTests,
  publishingTests,
  figureTests,
  outageTests,
  loadTests,
  redeliveryTests,
  deadLetterTests,
];

/**
 * Tests the guarantees of events on a broker, with the shipped resources, sidecars and platform code, and the real
 * server.
 */
export async function eventSuite(t: Test, broker: Broker): Promise<void> {
  t.setTimeout(60 * 60_000);
  const bench = await openBench(t, broker);
  for (const tests of parts) tests(t, () => bench);
}
