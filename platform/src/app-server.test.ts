import { once } from "node:events";
import { connect } from "node:http2";
import { create } from "@bufbuild/protobuf";
import appCallback from "@dapr/dapr/proto/dapr/proto/runtime/v1/appcallback_pb.js";
import {
  Client,
  credentials,
  logVerbosity,
  Metadata,
  type MetadataValue,
  type ServiceError,
  setLogVerbosity,
  status,
} from "@grpc/grpc-js";
import { CatalogService, type GetProductsRequest, ReservationsService } from "@sidecart/proto/catalog/v1/catalog";
import t, { type Test } from "tap";
import { type Implementation, implement, startAppServer } from "./app-server.ts";
import type { Listener } from "./broadcast.ts";
import { background, type CallContext } from "./call.ts";
import { AppError, toAppError } from "./errors.ts";
import { createLogger } from "./log.ts";
import { unaryDefinitions } from "./rpc.ts";
import { connectSidecar } from "./sidecar.ts";
import type { Dispatcher } from "./subscriptions.ts";

setLogVerbosity(logVerbosity.NONE);
const appToken = "the token that the sidecar shows";
const timeoutMs = 5_000;
const soon = () => background(3_000);
type Handler = (request: GetProductsRequest, context: CallContext) => Promise<object>;

async function uncalled(): Promise<never> {
  throw new Error("was called");
}

/** Catalog with one method that does something; the rest must not be called. */
function catalogWith(getProducts: Handler): Implementation {
  const others = CatalogService.methods.map(({ localName }) => [localName, uncalled]);
  return { service: CatalogService, handlers: { ...Object.fromEntries(others), getProducts } };
}

async function serve(
  t: Test,
  implementations: Implementation[],
  dispatcher?: Partial<Dispatcher>,
  listener?: Listener,
) {
  const server = await startAppServer({
    host: "127.0.0.1",
    port: 0,
    appToken,
    timeoutMs,
    log: createLogger("test", "silent"),
    implementations,
    dispatcher: dispatcher as Dispatcher,
    listener,
    pubsub: "pubsub",
    appId: "catalog",
  });
  t.teardown(() => server.drain(0));
  return server;
}

/** The other side as our processes have it: the real client, without a sidecar between. */
function clientOf(t: Test, port: number, apiToken: string | undefined = appToken) {
  const sidecar = connectSidecar({ port, apiToken });
  t.teardown(() => sidecar.close());
  return sidecar.service(CatalogService, "catalog");
}

/** The other side as anybody could have it: any metadata. */
function rawClient(t: Test, port: number) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  t.teardown(() => client.close());
  return (
    service: Parameters<typeof unaryDefinitions>[0],
    name: string,
    metadata: [string, MetadataValue][],
    request = {},
  ) => {
    const method = unaryDefinitions(service).find((one) => one.name === name);
    if (!method) throw new Error(`no method ${name}`);
    const sent = new Metadata();
    for (const [key, value] of metadata) sent.add(key, value);
    const { path, requestSerialize, responseDeserialize } = method;
    return new Promise<object>((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, sent, (error, response) =>
        error ? reject(error) : resolve(response ?? {}),
      ),
    );
  };
}

/** A handler that stays where it is until it is let go. */
function gate() {
  const entered = Promise.withResolvers<CallContext>();
  const leave = Promise.withResolvers<void>();
  const handler: Handler = async (_request, context) => {
    entered.resolve(context);
    await leave.promise;
    return {};
  };
  return { handler, entered: entered.promise, leave: leave.resolve };
}

t.test("a call reaches its handler and the answer comes back", async (t) => {
  const server = await serve(t, [
    catalogWith(async ({ ids }) => ({ products: ids.map((id) => ({ id, price: 2n ** 40n })) })),
  ]);
  const { products } = await clientOf(t, server.port).getProducts({ ids: ["a", "b"] }, soon());
  t.match(products, [
    { id: "a", price: 2n ** 40n },
    { id: "b", price: 2n ** 40n },
  ]);
});

t.test("a service with a method missing does not start", async (t) => {
  const half = { service: CatalogService, handlers: { getProducts: async () => ({}) } };
  await t.rejects(serve(t, [half]), /sidecart.catalog.v1.CatalogService: \w+ is not implemented/);
});

t.test("only the sidecar's token opens the door", async (t) => {
  const { port } = await serve(t, [catalogWith(async () => ({}))]);
  const call = rawClient(t, port);
  const refused = { code: status.UNAUTHENTICATED };
  const shown = (...tokens: string[]) => tokens.map((token): [string, string] => ["dapr-api-token", token]);
  for (const tokens of [
    [],
    [""],
    ["wrong"],
    [appToken.toUpperCase()],
    [`${appToken} `.padEnd(60, "x")],
    [appToken, "wrong"],
  ]) {
    await t.rejects(call(CatalogService, "getProducts", shown(...tokens)), refused, JSON.stringify(tokens));
  }
  await t.resolves(call(CatalogService, "getProducts", shown(appToken)));
  await t.rejects(clientOf(t, port, "wrong").getProducts({}, soon()), refused);
});

t.test("without a token the sidecar hears what we listen to and that we live, and delivers nothing", async (t) => {
  const { port } = await serve(t, [], { topics: ["orders.order-placed.v1"], deliver: uncalled });
  const call = rawClient(t, port);
  await t.resolves(call(appCallback.AppCallbackHealthCheck, "healthCheck", []));
  await t.resolves(call(appCallback.AppCallback, "listTopicSubscriptions", []));
  await t.resolves(call(appCallback.AppCallback, "listInputBindings", []));
  await t.rejects(call(appCallback.AppCallback, "onTopicEvent", []), { code: status.UNAUTHENTICATED });
  await t.rejects(call(appCallback.AppCallback, "onInvoke", []), { code: status.UNAUTHENTICATED });
});

t.test("a limited service is called by whom it names, and by nobody who only says so", async (t) => {
  let calls = 0;
  const release = async () => {
    calls += 1;
    return {};
  };
  const handlers = { reserve: uncalled, release };
  const { port } = await serve(t, [implement(ReservationsService, handlers as never, ["orders"])]);
  const call = rawClient(t, port);
  const from = (...ids: string[]) =>
    call(ReservationsService, "release", [
      ["dapr-api-token", appToken],
      ...ids.map((id): [string, string] => ["dapr-caller-app-id", id]),
    ]);
  for (const ids of [[], ["catalog"], [""], ["gateway", "orders"], ["orders", "gateway"], ["orders", "orders"]]) {
    await t.rejects(from(...ids), { code: status.PERMISSION_DENIED }, JSON.stringify(ids));
  }
  t.equal(calls, 0);
  await from("orders");
  t.equal(calls, 1);
});

t.test("the caller's deadline is the handler's, and never later than our own limit", async (t) => {
  const seen: number[] = [];
  const { port } = await serve(t, [
    catalogWith(async (_request, context) => {
      seen.push(context.deadline - Date.now());
      return {};
    }),
  ]);
  const client = clientOf(t, port);
  await client.getProducts({}, background(2_000));
  await client.getProducts({}, background(60_000));
  await rawClient(t, port)(CatalogService, "getProducts", [["dapr-api-token", appToken]]);
  const [near = 0, far = 0, none = 0] = seen;
  t.ok(near > 1_000 && near <= 2_000, `${near}`);
  t.ok(far > timeoutMs - 1_000 && far <= timeoutMs, `${far}`);
  t.ok(none > timeoutMs - 1_000 && none <= timeoutMs, `${none}`);
});

t.test("a caller that goes away is noticed by the handler", async (t) => {
  const { handler, entered, leave } = gate();
  const { port } = await serve(t, [catalogWith(handler)]);
  const abort = new AbortController();
  const call = clientOf(t, port).getProducts({}, background(3_000, abort.signal));
  const { signal } = await entered;
  t.notOk(signal.aborted);
  const noticed = once(signal, "abort");
  abort.abort();
  await t.rejects(call, { code: status.CANCELLED });
  await noticed;
  leave();
});

t.test("a deadline that passes ends the call on both sides", async (t) => {
  const { handler, entered, leave } = gate();
  const { port } = await serve(t, [catalogWith(handler)]);
  const call = clientOf(t, port).getProducts({}, background(300));
  const { signal } = await entered;
  const noticed = once(signal, "abort");
  await t.rejects(call, { code: status.DEADLINE_EXCEEDED });
  await noticed;
  leave();
});

t.test(
  "deadline, cancellation and token go on to the next service, and the token no further than services",
  async (t) => {
    const { handler, entered, leave } = gate();
    const last = await serve(t, [catalogWith(handler)]);
    const next = clientOf(t, last.port);
    const first = await serve(t, [catalogWith((request, context) => next.getProducts({ ids: request.ids }, context))]);
    const abort = new AbortController();
    const context = { ...background(1_500, abort.signal), authorization: "Bearer mine" };
    const call = clientOf(t, first.port).getProducts({}, context);
    const reached = await entered;
    t.equal(reached.authorization, "Bearer mine");
    t.ok(Math.abs(reached.deadline - context.deadline) < 100, "the same moment, two hops away");
    const noticed = once(reached.signal, "abort");
    abort.abort();
    await t.rejects(call, { code: status.CANCELLED });
    await noticed;
    leave();
  },
);

t.test("nothing is sent for a caller who is gone already", async (t) => {
  const { port } = await serve(t, [catalogWith(uncalled)]);
  const client = clientOf(t, port);
  await t.rejects(async () => client.getProducts({}, background(0)), { code: "TIMEOUT" });
  await t.rejects(async () => client.getProducts({}, background(1_000, AbortSignal.abort())), { code: "CANCELLED" });
});

t.test("a refusal arrives as it was made, in any script", async (t) => {
  const kind = { code: "AUSVERKAUFT", status: "FAILED_PRECONDITION", text: "売り切れ — žádné 👩‍🚀" } as const;
  const details = { productIds: ["ñ"], ключ: { "\n": [1, null, "€"] } };
  const { port } = await serve(t, [
    catalogWith(async () => {
      throw new AppError(kind, { details, cause: new Error("our own matter") });
    }),
  ]);
  const error = (await t.rejects(clientOf(t, port).getProducts({}, soon()))) as unknown as ServiceError;
  const { code, status: name, message, details: told } = toAppError(error);
  t.same({ code, name, message, told }, { code: kind.code, name: kind.status, message: kind.text, told: details });
  t.notMatch(JSON.stringify([error.details, error.metadata.getMap()]), /our own matter/);
});

t.test("an error nobody foresaw, and an answer that cannot be sent, are INTERNAL and end nothing else", async (t) => {
  const answers: Record<string, () => Promise<object>> = {
    bug: async () => {
      throw new TypeError("secret internals");
    },
    misfit: async () => ({ products: [{ stock: 2 ** 40 }] }),
    fine: async () => ({}),
  };
  const { port } = await serve(t, [catalogWith(({ ids: [which = ""] }) => answers[which]?.() ?? Promise.resolve({}))]);
  const client = clientOf(t, port);
  for (const which of ["bug", "misfit"]) {
    const error = (await t.rejects(client.getProducts({ ids: [which] }, soon()))) as unknown as ServiceError;
    t.equal(error.code, status.INTERNAL, which);
    t.notMatch(JSON.stringify([error.message, error.metadata.getMap()]), /secret internals/);
  }
  await t.resolves(client.getProducts({ ids: ["fine"] }, soon()));
});

t.test("draining lets calls in flight finish, takes no new ones, and is unhealthy at once", async (t) => {
  const { handler, entered, leave } = gate();
  const server = await serve(t, [catalogWith(handler)]);
  const inFlight = clientOf(t, server.port).getProducts({}, soon());
  const call = rawClient(t, server.port);
  await call(appCallback.AppCallbackHealthCheck, "healthCheck", []);
  await entered;
  let over = false;
  const drained = server.drain(3_000).then(() => {
    over = true;
  });
  await t.rejects(call(appCallback.AppCallbackHealthCheck, "healthCheck", []), "unhealthy");
  await t.rejects(clientOf(t, server.port).getProducts({}, background(500)), "no new call");
  t.notOk(over, "it waits");
  leave();
  await t.resolves(inFlight);
  await drained;
});

t.test("draining ends at its grace, whatever does not", async (t) => {
  const { handler, entered, leave } = gate();
  const server = await serve(t, [catalogWith(handler)]);
  const inFlight = clientOf(t, server.port).getProducts({}, soon());
  await entered;
  const [outcome] = await Promise.allSettled([inFlight, server.drain(100)]);
  t.equal(outcome?.status, "rejected");
  leave();
});

t.test("draining ends although a connection breaks at the very moment", async (t) => {
  const server = await serve(t, []);
  const session = connect(`http://127.0.0.1:${server.port}`).on("error", () => {});
  await once(session, "remoteSettings");
  // Timers of the same length run in the order they were set: this one just before the server begins to close.
  setTimeout(() => session.goaway(1), 5);
  await server.drain(50, 5);
  session.destroy();
  t.pass();
});

t.test("what the sidecar delivers is put together again as a CloudEvent, and its end is answered", async (t) => {
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
    const extensions = { time: "2026-03-01T12:00:00Z", traceparent: "00-1-1-01" };
    const event = {
      id: "1",
      source: "orders",
      type: "t",
      specVersion: "1.0",
      topic,
      data: Buffer.from(data),
      extensions,
    };
    const request = create(appCallback.TopicEventRequestSchema, event as never);
    return call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]], request);
  };
  t.match(await deliver("orders.order-placed.v1", '{"order":{"name":"ž"}}'), { status: SUCCESS });
  t.match(await deliver("again", "not json"), { status: RETRY });
  t.match(await deliver("catalog.dead-letters.v1", "raw \ud83d text"), { status: SUCCESS });
  const envelope = { specversion: "1.0", id: "1", source: "orders", type: "t", time: "2026-03-01T12:00:00Z" };
  t.match(delivered, [
    ["orders.order-placed.v1", { ...envelope, traceparent: "00-1-1-01", data: { order: { name: "ž" } } }],
    ["again", { ...envelope, data: "not json" }],
    ["catalog.dead-letters.v1", "raw \ufffd text"],
  ]);
});

t.test("every topic is subscribed to with the dead-letter topic behind it", async (t) => {
  const { port } = await serve(t, [], { topics: ["a.b.v1", "c.d.v1"] });
  const { subscriptions } = (await rawClient(t, port)(appCallback.AppCallback, "listTopicSubscriptions", [])) as {
    subscriptions: object[];
  };
  const last = "catalog.dead-letters.v1";
  t.match(subscriptions, [
    { pubsubName: "pubsub", topic: "a.b.v1", deadLetterTopic: last, metadata: { queueType: "quorum" } },
    { pubsubName: "pubsub", topic: "c.d.v1", deadLetterTopic: last, metadata: { queueType: "quorum" } },
    { pubsubName: "pubsub", topic: last, metadata: { rawPayload: "true", queueType: "quorum" } },
  ]);
});

t.test("what every replica hears has a component of its own, and no dead letters", async (t) => {
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
  t.match(broadcast, { topic, deadLetterTopic: "" });
  for (const pubsubName of ["broadcast", "pubsub"]) {
    const request = create(appCallback.TopicEventRequestSchema, { topic, pubsubName, data: Buffer.from("1") } as never);
    await call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]], request);
  }
  t.same(heard, ["every replica", "one replica"]);
});

t.test("a process without subscriptions asks for none, and hands back what comes all the same", async (t) => {
  const { RETRY } = appCallback.TopicEventResponse_TopicEventResponseStatus;
  const { port } = await serve(t, []);
  const call = rawClient(t, port);
  t.match(await call(appCallback.AppCallback, "listTopicSubscriptions", []), { subscriptions: [] });
  t.match(await call(appCallback.AppCallback, "onTopicEvent", [["dapr-api-token", appToken]]), { status: RETRY });
  await t.rejects(call(appCallback.AppCallback, "onInvoke", [["dapr-api-token", appToken]]), {
    code: status.NOT_FOUND,
  });
});

t.test("a port that is taken is said so", async (t) => {
  const { port } = await serve(t, []);
  const second = startAppServer({
    host: "127.0.0.1",
    port,
    appToken,
    timeoutMs,
    log: createLogger("test", "silent"),
    implementations: [],
    pubsub: "pubsub",
    appId: "catalog",
  });
  await t.rejects(second, /EADDRINUSE/);
});
