import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "demo",
  text: `  Places an order as a new customer and has the admin mark it as paid; says what happens. Needs the sample data that
  the command seed fills in.
`,
  asks: "gateway",
};

export const help = () => usageText(usage);
