import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "reindex",
  text: "  Builds the search index anew from the catalogue, while searches go on.\n",
  asks: "gateway",
};

export const help = () => usageText(usage);
