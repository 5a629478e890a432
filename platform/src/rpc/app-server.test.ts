import { type ServiceError, status } from "@grpc/grpc-js";
import { CatalogService } from "@sidecart/proto/catalog/v1/catalog";
import t from "tap";
import { appToken, catalogWith, clientOf, serve, soon, timeoutMs } from "../../../tests/support/app-server.ts";
import { createLogger } from "../telemetry/log.ts";
import { startAppServer } from "./app-server.ts";
import { AppError, toAppError } from "./errors.ts";

t.test("a call reaches its handler and the caller gets the response", async (t) => {
  const server = await serve(t, [
    catalogWith(async ({ ids }) => ({ products: ids.map((id) => ({ id, price: 2n ** 40n })) })),
  ]);
  const { products } = await clientOf(t, server.port).getProducts({ ids: ["a", "b"] }, soon());
  t.match(products, [
    { id: "a", price: 2n ** 40n },
    { id: "b", price: 2n ** 40n },
  ]);
});

t.test("a service with a missing method does not start", async (t) => {
  const half = { service: CatalogService, handlers: { getProducts: async () => ({}) } };
  await t.rejects(serve(t, [half]), /sidecart.catalog.v1.CatalogService: \w+ is not implemented/);
});

t.test("an error arrives unchanged, in any script", async (t) => {
  const kind = { code: "AUSVERKAUFT", status: "FAILED_PRECONDITION", text: "売り切れ — žádné 👩‍🚀" } as const;
  const details = { productIds: ["ñ"], ключ: { "\n": [1, null, "€"] } };
  const { port } = await serve(t, [
    catalogWith(async () => {
      throw new AppError(kind, { details, cause: new Error("our own matter") });
    }),
  ]);
  const error = (await t.rejects(clientOf(t, port).getProducts({}, soon()))) as unknown as ServiceError;
  const { code, status: name, message, details: sent } = toAppError(error);
  t.same({ code, name, message, sent }, { code: kind.code, name: kind.status, message: kind.text, sent: details });
  t.notMatch(JSON.stringify([error.details, error.metadata.getMap()]), /our own matter/);
});

t.test(
  "an unexpected error, and a response that cannot be encoded, are INTERNAL and affect no other call",
  async (t) => {
    const answers: Record<string, () => Promise<object>> = {
      bug: async () => {
        throw new TypeError("secret internals");
      },
      misfit: async () => ({ products: [{ stock: 2 ** 40 }] }),
      fine: async () => ({}),
    };
    const { port } = await serve(t, [
      catalogWith(({ ids: [which = ""] }) => answers[which]?.() ?? Promise.resolve({})),
    ]);
    const client = clientOf(t, port);
    for (const which of ["bug", "misfit"]) {
      const error = (await t.rejects(client.getProducts({ ids: [which] }, soon()))) as unknown as ServiceError;
      t.equal(error.code, status.INTERNAL, which);
      t.notMatch(JSON.stringify([error.message, error.metadata.getMap()]), /secret internals/);
    }
    await t.resolves(client.getProducts({ ids: ["fine"] }, soon()));
  },
);

t.test("a port in use is reported", async (t) => {
  const { port } = await serve(t, []);
  const second = startAppServer({
    host: "127.0.0.1",
    port,
    appToken,
    timeoutMs,
    log: createLogger("test", "silent"),
    implementations: [],
  });
  await t.rejects(second, /EADDRINUSE/);
});
