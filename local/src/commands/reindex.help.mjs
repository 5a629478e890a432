import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "reindex",
  text: "  Rebuilds the search index from the catalogue. Searches use the old index until the new one is complete.\n",
  calls: "gateway",
};

export const help = () => usageText(usage);
