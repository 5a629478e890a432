import { create } from "@bufbuild/protobuf";
import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import { status } from "@grpc/grpc-js";
import t from "tap";
import { appToken, rawClient, serve } from "../../../tests/support/app-server.ts";

t.test("a delivered message reaches its handler as it was published, and the outcome is returned", async (t) => {
  const { SUCCESS, RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;
  const delivered: unknown[][] = [];
  const { port } = await serve(t, [], {
    topics: ["orders.order-placed.v1"],
    deliver: async (...event) => {
      delivered.push(event);
      return event[0] === "again" ? "again" : "handled";
    },
    lastResort: async (...event) => {
      delivered.push(event);
      return "handled";
    },
  });
  const call = rawClient(t, port);
  const deliver = (topic: string, data: string) => {
    // the attributes that a sidecar gives a message that it does not decode
    const event = { id: "1", source: "Dapr", type: "t", specVersion: "1.0", topic, data: Buffer.from(data) };
    const request = create(appCallback.TopicEventRequestSchema, event as never);
    return call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]], request);
  };
  t.match(await deliver("orders.order-placed.v1", '{"order":{"name":"ž"}}'), { status: SUCCESS });
  t.match(await deliver("again", "not json"), { status: RETRY });
  t.match(await deliver("catalog.dead-letters.v1", "raw \ud83d text"), { status: SUCCESS });
  t.match(delivered, [
    ["orders.order-placed.v1", '{"order":{"name":"ž"}}'],
    ["again", "not json"],
    ["catalog.dead-letters.v1", "raw \ufffd text"],
  ]);
});

t.test("every subscription of a service has its dead-letter topic", async (t) => {
  const { port } = await serve(t, [], { topics: ["a.b.v1", "c.d.v1"] });
  const { subscriptions } = (await rawClient(t, port)(appCallback.AppCallback, "listTopicSubscriptions", [])) as {
    subscriptions: object[];
  };
  const last = "catalog.dead-letters.v1";
  const metadata = { rawPayload: "true", queueType: "quorum" };
  t.match(subscriptions, [
    { pubsubName: "pubsub", topic: "a.b.v1", deadLetterTopic: last, metadata },
    { pubsubName: "pubsub", topic: "c.d.v1", deadLetterTopic: last, metadata },
    { pubsubName: "pubsub", topic: last, metadata },
  ]);
});

t.test("broadcasts have a component of their own, and no dead letters", async (t) => {
  const topic = "a.b.v1";
  const heard: string[] = [];
  const hear = (by: string) => async () => {
    heard.push(by);
    return "handled" as const;
  };
  const dispatcher = { topics: [topic], deliver: hear("one replica") };
  const { port } = await serve(t, [], dispatcher, { topics: [topic], deliver: hear("every replica") });
  const call = rawClient(t, port);
  const { subscriptions } = (await call(appCallback.AppCallback, "listTopicSubscriptions", [])) as {
    subscriptions: { pubsubName: string; deadLetterTopic: string }[];
  };
  const [broadcast] = subscriptions.filter(({ pubsubName }) => pubsubName === "broadcast");
  t.match(broadcast, { topic, deadLetterTopic: "", metadata: { rawPayload: "true" } });
  for (const pubsubName of ["broadcast", "pubsub"]) {
    const request = create(appCallback.TopicEventRequestSchema, { topic, pubsubName, data: Buffer.from("1") } as never);
    await call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]], request);
  }
  t.same(heard, ["every replica", "one replica"]);
});

t.test(
  "a process without subscriptions declares none, and requests redelivery of what arrives nevertheless",
  async (t) => {
    const { RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;
    const { port } = await serve(t, []);
    const call = rawClient(t, port);
    t.match(await call(appCallback.AppCallback, "listTopicSubscriptions", []), { subscriptions: [] });
    t.match(await call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]]), { status: RETRY });
    await t.rejects(call(appCallback.AppCallback, "onInvoke", [["dapr-api-token", appToken]]), {
      code: status.NOT_FOUND,
    });
  },
);
