import { pendingEvent } from "@sidecart/platform/events";
import { newId } from "@sidecart/platform/ids";
import type { CallContext } from "@sidecart/platform/rpc";
import {
  AppError,
  commonErrors,
  currency,
  id,
  maxQuantity,
  minorUnits,
  parse,
  shownName,
  shownText,
  text,
} from "@sidecart/platform/rpc";
import { ProductCreatedSchema } from "@sidecart/proto/catalog/v1/events";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { catalogErrors } from "./errors.ts";
import { isInlinePicture } from "./picture.ts";
import { ownerScope, type Product } from "./product.ts";

const maxAttributes = 30;
/** In UTF-8. With this limit a product in any script is smaller than 38 kB: see `maxProducts`. */
const maxAttributesBytes = 8_000;

/** Object literals, and so the messages between our processes, cannot have it as a key: it would be lost. */
const lostKey = "__proto__";
const nameOf = (key: string) => key.trim().normalize("NFC").toLowerCase();

/** Keys that differ only by case, spaces or the form of their accents name the same attribute. */
const sameAttributes = (values: object) => new Set(Object.keys(values).map(nameOf)).size < Object.keys(values).length;

/** The number of entries is checked before the entries are. */
export const attributes = z
  .custom<object>(
    (values) => Object.keys(values ?? {}).length <= maxAttributes,
    `has more than ${maxAttributes} entries`,
  )
  .refine((values) => !Object.hasOwn(values ?? {}, lostKey), `has the key ${lostKey}`)
  .refine((values) => !sameAttributes(values ?? {}), "has two keys for one attribute")
  .pipe(z.record(shownName(40), shownText(200, 1)))
  .refine((values) => Buffer.byteLength(JSON.stringify(values)) <= maxAttributesBytes, "is more than 8 kB");

/** Parsers also accept `https:x` and `https:///x`, and add the missing parts. */
const hasHost = (url: string) => /^https:\/\/[^\s/?#\\@]+(?:[/?#][^\s\\]*)?$/i.test(url);

/** https with a host and without a log-in, or an inline picture of at most 8 kB. */
export const imageUrl = z.union([
  z.literal(""),
  text(0, 2_000)
    .pipe(z.url({ protocol: /^https$/ }))
    .refine(hasHost, "is not an absolute URL with a host"),
  text(0, 8_192).refine(isInlinePicture, "is not a picture"),
]);

const request = z.object({
  name: shownName(200),
  description: shownText(5_000),
  price: minorUnits,
  currency,
  stock: z.int().min(0).max(maxQuantity),
  category: shownName(60),
  attributes,
  partnerId: z.union([z.literal(""), id]),
  imageUrl,
  commandId: z.union([z.literal(""), id]),
});

/**
 * Adds a product. An admin may add it for the shop or any partner, a partner only for itself. The command's id becomes
 * the product's id, so a retry returns the product in its current state.
 */
export async function createProduct(deps: Deps, input: unknown, context: CallContext): Promise<Product> {
  const caller = await deps.verifier.requirePresent(context, "admin", "partner");
  const owner = ownerScope(caller);
  const { partnerId, commandId, ...rest } = parse(request, input);
  if (owner !== null && partnerId !== "" && partnerId !== owner) throw new AppError(commonErrors.forbidden);
  const product = {
    ...rest,
    id: commandId || newId(),
    partnerId: owner ?? (partnerId || null),
    createdAt: deps.clock.now(),
  };
  const created = await deps.products.create(product, pendingEvent(ProductCreatedSchema, product.id), context);
  if (!created) throw new AppError(catalogErrors.unknownPartner);
  if (owner !== null && created.partnerId !== owner) throw new AppError(commonErrors.forbidden);
  deps.kickIndexer();
  return created;
}
