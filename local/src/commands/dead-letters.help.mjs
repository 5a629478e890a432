import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "dead-letters",
  forms: {
    "": "lists what each service could not handle, and why",
    "redrive SERVICE": "has a service handle its dead letters again",
    "redrive SERVICE EVENT_ID…": "only these",
  },
  asks: "gateway",
};

export const help = () => usageText(usage);
