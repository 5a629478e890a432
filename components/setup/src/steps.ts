import type { Step } from "./step.ts";
import { jetstream } from "./steps/jetstream.ts";
import { kafka } from "./steps/kafka.ts";
import { rabbitmq } from "./steps/rabbitmq.ts";
import { redis } from "./steps/redis.ts";
import { s3 } from "./steps/s3.ts";

/** The step of each component type. Other types need no set-up. */
export const steps: Record<string, Step> = {
  "bindings.aws.s3": s3,
  "pubsub.jetstream": jetstream,
  "pubsub.kafka": kafka,
  "pubsub.rabbitmq": rabbitmq,
  "pubsub.redis": redis,
};
