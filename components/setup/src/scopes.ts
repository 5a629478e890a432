import type { Component } from "./component.ts";

/** Which apps may publish or hear which topics: `orders=orders.order-placed.v1,…;gateway=`. */
export type Scopes = { app: string; topics: string[] }[];

const publishers = (component: Component): Scopes => parseScopes(component.setting("publishingScopes"));
export const hearers = (component: Component): Scopes => parseScopes(component.setting("subscriptionScopes"));

/** Every topic that anybody publishes or hears, once. */
export function topicsOf(component: Component): string[] {
  const all = [...publishers(component), ...hearers(component)].flatMap(({ topics }) => topics);
  return [...new Set(all)].sort();
}

/** The words of `publishingScopes` and `subscriptionScopes`. */
export function parseScopes(text: string): Scopes {
  return text
    .replaceAll(/\s/g, "")
    .split(";")
    .filter((part) => part.includes("="))
    .map((part) => {
      const [app = "", topics = ""] = part.split("=");
      return { app, topics: topics.split(",").filter(Boolean) };
    });
}
