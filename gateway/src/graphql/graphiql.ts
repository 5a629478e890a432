import type { FastifyInstance } from "fastify";
import type { RuruClientConfig } from "ruru/server";

const staticPath = "/graphiql/static/";
const firstQuery = `{
  searchProducts(query: "coffe", first: 5) {
    totalCount
    nodes { id name price currency stock }
    facets { field values { value count } }
  }
}
`;

/** GraphiQL for development. Its large package is a development dependency, which is loaded only here. */
export async function registerGraphiql(app: FastifyInstance): Promise<void> {
  const [{ ruruHTML }, { getStaticFile }] = await Promise.all([import("ruru/server"), import("ruru/static")]);
  const page = ruruHTML({
    endpoint: "/graphql",
    staticPath,
    clientConfig: { defaultQuery: firstQuery } as RuruClientConfig,
  });
  app.get("/graphiql", (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  app.get(`${staticPath}*`, async (request, reply) => {
    const file = await getStaticFile({
      staticPath,
      urlPath: request.url,
      acceptEncoding: request.headers["accept-encoding"],
    });
    return file ? reply.headers(file.headers).send(file.content) : reply.callNotFound();
  });
}
