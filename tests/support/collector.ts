import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Test } from "tap";

export type Span = {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  links?: { traceId: string; spanId: string }[];
  attributes: Record<string, string>;
};

type Attribute = { key: string; value: { stringValue?: string; intValue?: string | number } };
type Export = {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: (Omit<Span, "service" | "attributes"> & { attributes?: Attribute[] })[] }[];
  }[];
};

/** A collector of spans in OTLP over HTTP, encoded as JSON. */
export async function startCollector(t: Test): Promise<{ url: string; spans: Span[] }> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (request.url === "/v1/traces") spans.push(...spansOf(JSON.parse(Buffer.concat(parts).toString())));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

function spansOf({ resourceSpans }: Export): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = textsOf(resource.attributes)["service.name"] ?? "";
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({ ...span, service, attributes: textsOf(span.attributes) })),
    );
  });
}

const textsOf = (attributes: Attribute[] = []): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? "")]));
