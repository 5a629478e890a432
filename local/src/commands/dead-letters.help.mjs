import { usageText } from "./usage.mjs";

/** @type {import("./usage.mjs").Usage} */
export const usage = {
  name: "dead-letters",
  forms: {
    "": "lists the events that each service could not handle, with the error",
    "topic=TOPIC error=TEXT": "lists those of a topic, or whose error contains a text, or both",
    "redrive SERVICE": "retries the dead letters of a service",
    "redrive SERVICE topic=TOPIC error=TEXT": "retries only those",
    "redrive SERVICE EVENT_ID…": "retries only these",
  },
  calls: "gateway",
};

export const help = () => usageText(usage);
