import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "seed",
  text: `  Creates the sample accounts and products through the gateway, as npm start does. It is idempotent.
  If the admin's password is not the published one, the sample accounts get a secret password, derived from the admin's;
  it is printed.
`,
  calls: "gateway",
};

export const help = () => usageText(usage);
