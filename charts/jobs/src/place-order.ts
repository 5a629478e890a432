import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { GraphqlClient } from "./graphql-client.ts";
import { orderOnce } from "./order-once.ts";

/** What `helm test` runs: one order from the product to its cancellation, as the shop's people would do it. */
const config = z.object({
  SIDECART_URL: z.url(),
  ADMIN_EMAIL: z.email(),
  ADMIN_PASSWORD: z.string().min(1),
});

try {
  const { SIDECART_URL, ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = loadConfig(config);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await orderOnce(new GraphqlClient(SIDECART_URL), { email, password }, say);
  say("placing an order works");
} catch (error) {
  process.stderr.write(`place-order: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
