import { failureText } from "@sidecart/ops/failure";
import { loadConfig } from "@sidecart/platform/config";
import { z } from "zod";
import { GraphqlClient } from "./graphql-client.ts";
import { orderOnce } from "./order-once.ts";

/** The program of `helm test`: places and cancels one order through the public API. */
const config = z.object({
  SIDECART_URL: z.url(),
  ADMIN_EMAIL: z.email(),
  ADMIN_PASSWORD: z.string().min(1),
});

try {
  const { SIDECART_URL, ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = loadConfig(config);
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  await orderOnce(new GraphqlClient(SIDECART_URL), { email, password }, log);
  log("placing an order works");
} catch (error) {
  process.stderr.write(`place-order: ${failureText(error)}\n`);
  process.exitCode = 1;
}
