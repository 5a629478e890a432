import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from "@platformatic/kafka";
import type { KafkaLogin } from "./settings.ts";

/** A test client for one topic. */
export class TestTopic {
  readonly #options: ConstructorParameters<typeof Admin>[0];
  readonly #topic: string;

  constructor(brokers: string, login: KafkaLogin, topic: string) {
    const sasl = { mechanism: "PLAIN", ...login } as const;
    this.#options = { clientId: "test", bootstrapBrokers: [brokers], retries: 3, retryDelay: 100, sasl };
    this.#topic = topic;
  }

  async create(): Promise<void> {
    const admin = new Admin(this.#options);
    try {
      await admin.createTopics({ topics: [this.#topic], partitions: 1, replicas: 1 });
      // The controller has created the topic; the broker learns this asynchronously.
      while (!(await admin.listTopics()).includes(this.#topic));
    } finally {
      await admin.close();
    }
  }

  async produce(key: string, value: string): Promise<void> {
    const producer = new Producer({ ...this.#options, serializers: stringSerializers });
    try {
      await producer.send({ messages: [{ topic: this.#topic, key, value }] });
    } finally {
      await producer.close();
    }
  }

  /** The first `count` messages, by key. */
  async consume(count: number): Promise<Map<string, string>> {
    const consumer = new Consumer({ ...this.#options, groupId: "test", deserializers: stringDeserializers });
    try {
      const stream = await consumer.consume({ topics: [this.#topic], mode: MessagesStreamModes.EARLIEST });
      const found = new Map<string, string>();
      for await (const { key, value } of stream) {
        found.set(key, value);
        if (found.size === count) break;
      }
      return found;
    } finally {
      await consumer.close(true);
    }
  }
}
