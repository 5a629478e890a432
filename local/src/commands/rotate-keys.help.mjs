import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
const usage = {
  name: "rotate-keys",
  text: "  A new key will sign tokens, the one before still verifies, older ones are forgotten.\n",
};

export const help = () => usageText(usage);
