import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "story",
  forms: { ORDER_ID: "prints what has happened to an order in every service" },
  calls: "gateway",
};

export const help = () => usageText(usage);
