import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import t from "tap";
import { eventually } from "../../../tests/support/eventually.ts";
import { startApi } from "../../../tests/support/gateway.ts";
import { createPendingResponses } from "./pending-responses.ts";

const id = "019a0000-0000-7000-8000-000000000001";
const product = { id, name: "A thing", price: 1n, partnerId: "", imageUrl: "", attributes: {} };
const found = (description: string) => ({ "catalog.getProducts": () => ({ products: [{ ...product, description }] }) });
const names = Array.from({ length: 200 }, (_, at) => `a${at}: description`).join(" ");
const query = `{ product(id: "${id}") { ${names} } }`;

t.test("a large response counts until it is read, or its connection ends", async (t) => {
  const pending = createPendingResponses();
  const large = 8 * 1024 * 1024;
  let sent = 0;
  const app = Fastify();
  t.teardown(() => app.close());
  app.get("/:length", (request, reply) => {
    const text = "x".repeat(Number((request.params as { length: string }).length));
    pending.admit(request, reply, text, () => {
      if (text.length === large) sent += 1;
    });
    return text;
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    socket.pause();
    socket.write(`GET /${large} HTTP/1.1\r\nhost: a\r\n\r\n`);
    return socket;
  };
  const refused = () => eventually("a refusal", async () => (await app.inject("/20000")).statusCode === 500);
  const reader = await ask();
  await refused();
  t.equal(sent, 0);
  reader.resume();
  await eventually("the response to be sent", async () => sent === 1);
  const leaver = await ask();
  await refused();
  leaver.destroy();
  await eventually("the connection to end", async () => sent === 2);
  t.equal((await app.inject("/20000")).statusCode, 200);
  t.equal(sent, 2);
});

t.test("a large request keeps its place until its response is read", async (t) => {
  // In UTF-8 more than the connection's buffers hold.
  const products = Array.from({ length: 200 }, () => ({ ...product, description: "€".repeat(20_000) }));
  const { http, requests } = await startApi(t, { "catalog.listProducts": () => ({ products, cursor: "" }) });
  await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as AddressInfo;
  const bodyOf = (first: number) =>
    JSON.stringify({ query: `{ products(first: ${first}) { nodes { description imageUrl } } }` });
  const first = bodyOf(1_000);
  const reader = connect(port, "127.0.0.1").on("error", () => {});
  await once(reader, "connect");
  reader.write(
    `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${first.length}\r\n\r\n${first}`,
  );
  await once(reader, "readable");
  const post = (body: string) =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  const second = post(bodyOf(999));
  t.equal((await post(JSON.stringify({ query: "{ __typename }" }))).status, 200, "small requests do not wait");
  t.equal((await post(JSON.stringify({ query: "{ __typename }" }))).status, 200);
  t.equal(requests("catalog.listProducts").length, 1, "the second large one waits");
  reader.resume();
  const answer = await second;
  t.equal(answer.status, 200);
  t.match(await answer.text(), "€€€");
  t.equal(requests("catalog.listProducts").length, 2);
  reader.destroy();
});

t.test("large responses that nobody reads are bounded, and small ones are not refused", async (t) => {
  const { http, ask } = await startApi(t, found("x".repeat(13_000)));
  await http.listen({ host: "127.0.0.1", port: 0 });
  const { port } = http.server.address() as AddressInfo;
  const body = JSON.stringify({ query });
  const head = `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  const request = `${head}\r\n\r\n${body}`;
  const askWithoutReading = async () => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    socket.pause();
    // Several: the kernel takes the first of them.
    socket.write(request.repeat(6));
    return socket;
  };
  const answer = () => http.inject({ method: "POST", url: "/graphql", payload: { query } });
  // Several rounds: what one of them did not release would add up.
  for (let round = 0; round < 3; round += 1) {
    const sockets = await Promise.all(Array.from({ length: 12 }, askWithoutReading));
    const refused = await eventually("a refusal", async () => {
      const one = await answer();
      return one.statusCode !== 200 && one;
    });
    t.match(refused, { statusCode: 429, headers: { "retry-after": /^\d+$/ } });
    t.equal(refused.json().errors[0].extensions.code, "OVERLOADED");
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      const one = await http.inject({ method: "POST", url: "/graphql", headers: { accept }, payload: { query } });
      t.equal(one.statusCode, 429, accept);
    }
    t.equal((await ask(`{ product(id: "${id}") { description } }`)).status, 200, "a small response is sent");
    for (const socket of sockets) socket.destroy();
    await eventually("large responses to be sent again", async () => (await answer()).statusCode === 200);
  }
  for (let count = 0; count < 30; count += 1) {
    const socket = await askWithoutReading();
    socket.destroy();
  }
  await eventually("large responses to be sent after clients left", async () => (await answer()).statusCode === 200);
  t.equal((await answer()).statusCode, 200);
});
