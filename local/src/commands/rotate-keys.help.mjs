import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
const usage = {
  name: "rotate-keys",
  text: "  Adds a key that will sign tokens. The previous key still verifies tokens; older ones are deleted.\n",
};

export const help = () => usageText(usage);
