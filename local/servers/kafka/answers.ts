import { Admin } from "@platformatic/kafka";
import type { KafkaLogin } from "./settings.ts";

const answerWithinMs = 2_000;

/** True when one of `brokers` (host:port) accepts the log-in and its metadata contains a live broker. */
export async function answersMetadata(
  brokers: readonly string[],
  login: KafkaLogin | undefined,
  tls = false,
): Promise<boolean> {
  const admin = new Admin({
    clientId: "sidecart-launcher",
    bootstrapBrokers: [...brokers],
    retries: false,
    connectTimeout: answerWithinMs,
    timeout: answerWithinMs,
    ...(tls && { tls: {} }),
    ...(login && { sasl: { mechanism: "PLAIN", ...login } }),
  });
  try {
    const { brokers: known } = await admin.metadata({ topics: [], forceUpdate: true });
    return known.size > 0;
  } finally {
    await admin.close();
  }
}
