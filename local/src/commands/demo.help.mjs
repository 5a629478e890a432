import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "demo",
  text: `  Registers a customer, who searches and orders; then the admin marks the order as paid. Prints each step.
  Needs the sample data of the command seed.
`,
  calls: "gateway",
};

export const help = () => usageText(usage);
