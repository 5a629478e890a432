import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { picture } from "./picture.ts";

/** A sample product; `price` is in cents of `currency`, `partner` is the username of the shop that owns it. */
export interface SampleProduct {
  name: string;
  description: string;
  price: number;
  currency: "EUR";
  stock: number;
  category: string;
  attributes: Record<string, string>;
  imageUrl: string;
  partner: string | undefined;
}

interface ProductFile {
  category: string;
  partner?: string;
  items: Pick<SampleProduct, "name" | "description" | "price" | "stock" | "attributes">[];
}

const folder = join(import.meta.dirname, "products");

/** The products in the files of `products/`, one file for each category. */
export function sampleProducts(): SampleProduct[] {
  const files = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), "utf8")) as ProductFile);
  return files.flatMap(({ category, partner, items }) =>
    items.map((item) => ({ ...item, category, partner, currency: "EUR", imageUrl: picture(category, item.name) })),
  );
}
