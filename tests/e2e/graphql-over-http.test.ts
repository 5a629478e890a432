import { serverAudits } from "graphql-http";
import t from "tap";
import { raw } from "../support/http.ts";
import { newCustomer } from "../support/people.ts";
import { startSystem } from "../support/system.ts";

const { gatewayUrl } = await startSystem(t, { env: { gateway: { SIDECART_RATE_LIMIT: "1000000" } } });

/** The audit has checks of MUST, SHOULD and MAY. */
t.test("the working group's audit of GraphQL over HTTP finds nothing", async (t) => {
  const audits = serverAudits({ url: `${gatewayUrl}/graphql` });
  t.ok(audits.length > 60, `${audits.length} checks`);
  for (const { id, name, fn } of audits) {
    const result = await fn();
    t.equal(result.status, "ok", `${id} ${name} ${"reason" in result ? result.reason : ""}`);
  }
});

t.test("the scheme of a token is case-insensitive, in the gateway and in the services", async (t) => {
  const { token } = await newCustomer(gatewayUrl);
  for (const scheme of ["Bearer", "bearer", "BEARER", "bEARER  "]) {
    const response = await fetch(`${gatewayUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `${scheme} ${token}` },
      body: JSON.stringify({ query: "{ me { id } orders { nodes { id } } }" }),
    });
    t.match(await response.json(), { data: { me: { id: /./ }, orders: { nodes: [] } }, errors: undefined }, scheme);
  }
});

t.test("bytes that are not UTF-8 and malformed HTTP are refused in our form", async (t) => {
  const body = Buffer.from('{"query":"{ __typename }","operationName":"\u00ff"}', "latin1");
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  for (const sent of [[head, body], ["GET /% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"], ["hello\r\n\r\n"]]) {
    t.match(await raw(gatewayUrl, ...sent), /^HTTP\/1\.1 400 .*\{"errors":\[\{"message":".*"code":"[A-Z_]+"/s);
  }
});
