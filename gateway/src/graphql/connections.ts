import { cursorOf } from "../calls/cursors.ts";
import type { Edge, Listed } from "../calls/paging.ts";

/**
 * Resolvers of a connection and of its edges. Edges, cursors and the page's end are made only for queries that select
 * them. `positionOf` is the position of a row in lists that state no positions.
 */
export const connectionOf = <Row>(positionOf: (row: Row) => string) => ({
  connection: {
    edges: ({ nodes, positions }: Listed<Row>): Edge<Row>[] =>
      nodes.map((node, at) => ({ node, position: positions?.[at] })),
    pageInfo({ nodes, next, positions }: Listed<Row>) {
      const last = nodes.at(-1);
      const end = next || positions?.at(-1) || (last && positionOf(last));
      return { hasNextPage: next !== "", endCursor: end ? cursorOf(end) : null };
    },
  },
  edge: { cursor: ({ node, position }: Edge<Row>) => cursorOf(position ?? positionOf(node)) },
});
