import { z } from "zod";
import { documentSchema, id, limits, text, wholeNumber } from "./document.ts";
import { plainQuery } from "./terms.ts";

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be 1 to 64 of a-z, 0-9, - and _, not starting with a mark");
const version = z.int().min(1);
const refresh = z.boolean().default(false);
const searchText = z.string().max(limits.queryLength).transform(plainQuery);
const values = z.array(id).min(1).max(limits.filterValues);

const sorts = ["relevance", "price-asc", "price-desc", "newest", "name"] as const;

const filterSchema = z
  .strictObject({
    categories: values,
    partnerId: id,
    priceFrom: wholeNumber,
    priceTo: wholeNumber,
    currency: documentSchema.shape.currency,
    inStock: z.boolean(),
  })
  .partial();

const indexOperation = z.object({ op: z.literal("index"), id, version, document: documentSchema });
const deleteOperation = z.object({ op: z.literal("delete"), id, version });

const sameId = (operation: { id: string; document: { id: string } }) => operation.id === operation.document.id;
const sameIdProblem = { message: "must equal id", path: ["document", "id"] };

/** One operation of a bulk. Each is validated separately, so that an invalid document fails alone. */
export const bulkOperationSchema = z.discriminatedUnion("op", [
  indexOperation.refine(sameId, sameIdProblem),
  deleteOperation,
]);

/** The schema of each operation's `data`. A write never overwrites an equal or newer `version`. */
export const requestSchemas = {
  // There is one document schema so far. The field allows a second one without a new operation.
  "create-index": z.object({ index: name, schema: z.object({ document: z.literal("product") }).optional() }),
  "delete-index": z.object({ index: name }),
  alias: z.object({ alias: name, index: name }),
  "resolve-alias": z.object({ alias: name }),
  index: indexOperation.omit({ op: true }).extend({ index: name, refresh }).refine(sameId, sameIdProblem),
  delete: deleteOperation.omit({ op: true }).extend({ index: name, refresh }),
  bulk: z.object({
    index: name,
    operations: z.array(z.looseObject({ id })).min(1).max(limits.bulkOperations),
    refresh,
  }),
  get: z.object({ index: name, id }),
  count: z.object({ index: name }),
  search: z.object({
    index: name,
    query: searchText.default(""),
    filter: filterSchema.default({}),
    sort: z.enum(sorts).default("relevance"),
    first: z.int().min(1).max(limits.pageSize),
    after: text(limits.cursorLength).min(1).optional(),
    cursors: z.boolean().default(false),
    facets: z.boolean().default(false),
  }),
  suggest: z.object({ index: name, prefix: searchText, first: z.int().min(1).max(limits.suggestions) }),
};

export type Operation = keyof typeof requestSchemas;
export const operations = Object.keys(requestSchemas) as Operation[];

export type Request<Name extends Operation> = z.output<(typeof requestSchemas)[Name]>;
export type BulkOperation = z.output<typeof bulkOperationSchema>;
export type Sort = (typeof sorts)[number];
export type Filter = Request<"search">["filter"];
