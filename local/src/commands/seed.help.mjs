import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "seed",
  text: `  Fills in the sample people and products through the gateway, as npm start does. Safe to repeat: what is there stays.
  Where the admin's password is not the published one, the sample people get one that only whoever knows the admin's can
  work out; it is printed.
`,
  asks: "gateway",
};

export const help = () => usageText(usage);
